"""The MCP server: `entraclaw-tui mcp`, started by the host of a model."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from entraclaw_tui import __version__
from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host

if TYPE_CHECKING:
    from entraclaw_tui.cli.serving.token_tool import TokenTool

INSTRUCTIONS = (
    "Tokens are given by a person, in a panel, one request at a time. Say in `reason` what for. "
    "A denial is an answer: do not ask again for the same."
)


@click.command()
@click.option(
    "--print-token",
    is_flag=True,
    help="Let the tool return tokens: they go into the model's context.",
)
@click.pass_obj
def mcp(settings: Settings, print_token: bool) -> int:
    """Serve the tool get_token_request on standard input and output, for a model's host.

    The tool files a request and tells its state. It never returns a token without --print-token.
    """
    host = open_host(settings)
    from entraclaw_tui.macos.places import Places

    if sys.stdin.isatty():
        raise Stop("This is for a program to talk to: see `entraclaw-tui mcp --help`.", exits.USAGE)
    from entraclaw_tui.cli.serving.token_tool import TokenTool

    tool = TokenTool(Places.of(host).request_socket, print_token=print_token)
    asyncio.run(_serve(tool))
    return exits.FINE


async def _serve(tool: TokenTool) -> None:
    from entraclaw_tui.cli.serving.protocol import LINE, Server

    reader = asyncio.StreamReader(limit=LINE)
    try:
        await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
        )
    except ValueError:
        raise Stop("Standard input has to be a pipe or a socket.", exits.USAGE) from None

    def write(data: bytes) -> None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()

    try:
        await Server(tool, __version__, INSTRUCTIONS, write).serve(reader.readline)
    finally:
        await tool.close()
