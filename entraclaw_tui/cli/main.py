"""The command line: options that every command shares, and the way to each command.

A command's module is imported when the command is called, so that `status` pays for nothing that
only the panel needs.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from entraclaw_tui import __version__
from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMMANDS = {
    "agent": "entraclaw_tui.cli.agent:agent",
    "audit": "entraclaw_tui.cli.audit:audit",
    "completion": "entraclaw_tui.cli.completion:completion",
    "demo": "entraclaw_tui.cli.demo:demo",
    "doctor": "entraclaw_tui.cli.doctor:doctor",
    "explain": "entraclaw_tui.cli.explain:explain",
    "generate": "entraclaw_tui.cli.generate:generate",
    "grants": "entraclaw_tui.cli.consent:grants",
    "jobs": "entraclaw_tui.cli.jobs:jobs",
    "keychain": "entraclaw_tui.cli.mac_keychain:keychain",
    "logs": "entraclaw_tui.cli.logs:logs",
    "man": "entraclaw_tui.cli.man:man",
    "mcp": "entraclaw_tui.cli.mcp:mcp",
    "pin": "entraclaw_tui.cli.pin:pin",
    "policy": "entraclaw_tui.cli.consent:policy",
    "privacy": "entraclaw_tui.cli.mac_privacy:privacy",
    "replay": "entraclaw_tui.cli.replay:replay",
    "requests": "entraclaw_tui.cli.consent:requests",
    "schema": "entraclaw_tui.cli.schema:schema",
    "signature": "entraclaw_tui.cli.signature:signature",
    "status": "entraclaw_tui.cli.status:status",
    "token": "entraclaw_tui.cli.token:token",
    "tokens": "entraclaw_tui.cli.consent:tokens",
    "worker": "entraclaw_tui.cli.worker:worker",
}

_SUMMARIES = {
    "agent": "Install, start and stop the agent's launchd job.",
    "audit": "What was asked, decided and done.",
    "completion": "The completion script of bash, zsh or fish.",
    "demo": "The panel on a pretend Mac; nothing of this machine is touched.",
    "doctor": "Why something does not work, and what mends it.",
    "explain": "Read a saved output of a Mac's tool: what it says, what is wrong.",
    "generate": "Print a file for an administrator: a profile, a sandbox, a plist.",
    "grants": "What is allowed, and until when.",
    "jobs": "The agent's launchd job, or all jobs of the domain.",
    "keychain": "The agent's Keychain items, without their secrets.",
    "logs": "The newest log lines of worker, job and launchd.",
    "man": "The man page.",
    "mcp": "Serve a model's host: a tool that asks for tokens.",
    "pin": "Set a first PIN, or a new one without the old, as root.",
    "policy": "What you made stricter than it is built in.",
    "privacy": "What macOS has allowed (TCC).",
    "replay": "Show again what a panel recorded with --record.",
    "requests": "Who is asking, and what was decided.",
    "schema": "The JSON Schema of the wire.",
    "signature": "The code signature of a program.",
    "status": "Everything at a glance.",
    "token": "Ask for a token as a client would.",
    "tokens": "Live tokens: for whom and until when, never their text.",
    "worker": "The background process; launchd starts it.",
}

THEMES = ("dark", "light", "contrast", "ansi", "ansi-light")
"""The looks of the panel. Written down here too, since naming them must not import it."""


class _Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command = getattr(importlib.import_module(module), name)
        return command if isinstance(command, click.Command) else None

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        # Nor must a press of the Tab key.
        found = [
            CompletionItem(name, help=_SUMMARIES[name])
            for name in self.list_commands(ctx)
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        # Help must not import every command.
        with formatter.section("Commands"):
            formatter.write_dl([(name, _SUMMARIES[name]) for name in self.list_commands(ctx)])


@click.group(
    cls=_Lazy,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--root",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder that is the Mac: a pretend one made by `demo`.",
)
@click.option("--readonly", is_flag=True, help="Show everything, change nothing.")
@click.option(
    "--theme",
    type=click.Choice(THEMES),
    help="The looks; ansi ones take the terminal's colors.",
)
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal.")
@click.option(
    "--record",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write down what the panel's sources say, without secrets, for `replay`.",
)
@click.version_option(__version__, message="entraclaw-tui %(version)s")
@click.pass_context
def cli(
    ctx: click.Context,
    root: Path | None,
    readonly: bool,
    theme: str | None,
    no_mouse: bool,
    record: Path | None,
) -> None:
    """The control panel of the Entraclaw agent. Without a command: the dashboard."""
    ctx.obj = Settings(root, readonly, theme or "", not no_mouse, record)
    if record is not None and ctx.invoked_subcommand not in (None, "demo"):
        raise click.UsageError("--record goes with the panel: alone, or before `demo`.")
    if ctx.invoked_subcommand is None:
        from entraclaw_tui.cli.panel import open_panel

        ctx.exit(open_panel(ctx.obj))


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; say on standard error what went wrong."""
    try:
        result = cli.main(arguments, prog_name="entraclaw-tui", standalone_mode=False)
    except Stop as stop:
        stop.show()
        return stop.code
    except click.UsageError as error:
        error.show()
        return exits.USAGE
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # The reader of a pipe went away (`| head`): nothing to say, nobody to say it to.
        return exits.FINE
    return result if isinstance(result, int) else exits.FINE
