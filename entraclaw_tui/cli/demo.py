"""The demo: a pretend Mac in a folder, and the dashboard on it."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.demo_entra import entra
from entraclaw_tui.cli.panel import need_new_recording, need_terminal, no_recording
from entraclaw_tui.demo.scenarios.names import LINES

if TYPE_CHECKING:
    from entraclaw_tui.demo.stage import Stage


class _DemoHelp(click.Group):
    """Tells each scenario in a line of its own below the options."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Scenarios"):
            formatter.write_dl(list(LINES.items()))


@click.group(cls=_DemoHelp, invoke_without_command=True)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where the pretend Mac is, and stays. Without it: a folder in /tmp, removed at the end.",
)
@click.option("--headless", is_flag=True, help="No dashboard; run until ctrl+c.")
@click.option(
    "--macos",
    type=click.Choice(("14", "15", "26", "27")),
    help="The release it plays; 26 unless the scenario needs another.",
)
@click.option(
    "--scenario",
    type=click.Choice(tuple(LINES)),
    metavar="NAME",
    help="The state it shows, healthy without it; all are listed below.",
)
@click.option(
    "--speed", type=click.FloatRange(0.1, 1000), default=1.0, help="launchd's clocks, N times."
)
@click.pass_context
def demo(
    ctx: click.Context,
    folder: Path | None,
    headless: bool,
    macos: str | None,
    scenario: str | None,
    speed: float,
) -> int:
    """The dashboard on a pretend Mac; nothing of this machine is touched."""
    if ctx.invoked_subcommand is not None:
        return exits.FINE
    settings: Settings = ctx.obj
    if not headless:
        need_new_recording(settings)
        need_terminal()
    from entraclaw_tui.demo.stage import Stage, StageError
    from entraclaw_tui.macos.host import HostError

    try:
        with Stage(folder, macos=macos, scenario=scenario, speed=speed) as stage:
            return _run_headless(stage) if headless else _show(stage, settings)
    except (HostError, StageError) as error:
        raise Stop(str(error), exits.USAGE) from None


@demo.command("mac", hidden=True)
@click.option("--remove", is_flag=True, help="Delete the folder at the end.")
@click.pass_obj
def mac(settings: Settings, remove: bool) -> int:
    """The pretend Mac itself: furnish the folder, then be its launchd until the leash ends."""
    from entraclaw_tui.demo.stage import be_the_mac

    be_the_mac(open_host(settings), remove=remove)
    return exits.FINE


demo.add_command(entra)


def _show(stage: Stage, settings: Settings) -> int:
    from entraclaw_tui.dashboard.start import start
    from entraclaw_tui.macos.places import Places

    with no_recording(settings):
        return start(
            stage.host,
            Places.of(stage.host),
            banner=stage.banner,
            readonly=settings.readonly,
            theme=settings.theme,
            mouse=settings.mouse,
            record=settings.record,
        )


def _run_headless(stage: Stage) -> int:
    """Say where everything is once it answers, and stay until somebody says stop."""
    stop = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    # Blocked, so that a signal that comes early waits for us instead of ending us half-way.
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)
    stage.wait_until_up()
    for line in stage.description():
        click.echo(line)
    click.echo("Stop it with ctrl+c.")
    signal.sigwait(stop)
    return exits.FINE
