"""Shell completion: the script that asks this program for what may come next (click's own)."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from entraclaw_tui.cli import exits

PROGRAM = "entraclaw-tui"
VARIABLE = "_ENTRACLAW_TUI_COMPLETE"
"""What the script sets when it asks. It can only make the program print words."""
_HOW = {
    "bash": (
        "Put this into a file and source it from ~/.bashrc:",
        "  entraclaw-tui completion bash > ~/.entraclaw-tui.bash",
        "  echo '. ~/.entraclaw-tui.bash' >> ~/.bashrc",
        "It needs bash 4.4; the /bin/bash of macOS is 3.2, its zsh is not too old.",
    ),
    "zsh": (
        "Put this into a folder of your fpath, before compinit runs:",
        "  mkdir -p ~/.zfunc && entraclaw-tui completion zsh > ~/.zfunc/_entraclaw-tui",
        "and in ~/.zshrc: fpath+=~/.zfunc; autoload -Uz compinit && compinit",
    ),
    "fish": (
        "Put this where fish looks:",
        "  entraclaw-tui completion fish > ~/.config/fish/completions/entraclaw-tui.fish",
    ),
}


@click.command()
@click.argument("shell", type=click.Choice(tuple(_HOW)))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print the completion script of a shell; its first lines say where it goes."""
    kind = get_completion_class(shell)
    if kind is None:  # click knows each of them
        raise click.UsageError(f"no completion for {shell}")
    # Not `kind.source`: that of bash runs whatever bash is found first, to ask its version.
    script = ShellComplete.source(kind(ctx.find_root().command, {}, PROGRAM, VARIABLE))
    comment = "".join(f"# {line}\n" for line in _HOW[shell])
    # zsh wants its mark in the very first line.
    mark, _, rest = script.partition("\n") if shell == "zsh" else ("", "", script)
    click.echo(f"{mark}\n{comment}\n{rest.lstrip()}" if mark else f"{comment}\n{rest}")
    return exits.FINE
