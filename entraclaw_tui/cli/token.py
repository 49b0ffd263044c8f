"""Ask for a token as any client would: over the request socket, and wait for the person."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from entraclaw_tui import __version__
from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option
from entraclaw_tui.cli.output import look, print_json
from entraclaw_tui.text import clean

if TYPE_CHECKING:
    from entraclaw_tui.ipc.client import Connection
    from entraclaw_tui.ipc.request_messages import TokenAwaitResult

_ENDS = {
    "denied": (exits.WARNED, "Denied."),
    "expired": (exits.TRY_AGAIN, "Nobody decided in time."),
    "cancelled": (exits.TRY_AGAIN, "Cancelled."),
    "failed": (exits.ERRORS, "Allowed, but the exchange failed."),
}
_SLICE_MS = 20_000


@click.group()
def token() -> None:
    """Ask for a token as a client would."""


@token.command("get")
@click.option("--resource", required=True, metavar="R", help="https://graph.microsoft.com, say.")
@click.option("--scope", "scopes", required=True, multiple=True, metavar="S", help="Repeatable.")
@click.option("--reason", default="", help="Told to the person who decides.")
@click.option("--wait", "seconds", default=120, type=click.IntRange(10, 300), show_default=True)
@click.option("--print-token", is_flag=True, help="Collect the token and print it.")
@json_option
@click.pass_obj
def get(
    settings: Settings,
    resource: str,
    scopes: tuple[str, ...],
    reason: str,
    seconds: int,
    print_token: bool,
    as_json: bool,
    plain: bool,
) -> int:
    """Ask, wait until somebody decides, and tell. The token is collected only with --print-token.

    Exit code 0: allowed; 1: denied; 2: failed; 75: nobody decided, or ask again later.
    """
    from entraclaw_tui.cli.link import refused
    from entraclaw_tui.ipc.client import Connection
    from entraclaw_tui.ipc.errors import ConnectionLost, WireError
    from entraclaw_tui.ipc.request_messages import (
        TokenById,
        TokenRequest,
        TokenRequestResult,
        TokenResult,
    )
    from entraclaw_tui.macos.places import Places

    host = open_host(settings)

    async def once() -> int:
        path = Places.of(host).request_socket
        async with await Connection.open(
            path, "entraclaw-tui token get", __version__, shows_code=True
        ) as connection:
            asked = await connection.call(
                "token.request",
                TokenRequest(resource, scopes, reason=reason, expires_in=seconds),
                TokenRequestResult,
            )
            if not as_json:
                click.echo(f"Asked ({asked.tier.value}); waiting for a decision.", err=True)
            if asked.match_code:
                click.echo(f"The code to type in the panel is {asked.match_code}.", err=True)
            end = await _wait(connection, asked.request_id, seconds)
            if end.state.value in _ENDS:
                return _say_no(end, as_json)
            if not print_token:
                if as_json:
                    print_json(end)
                else:
                    click.echo("Allowed. The token was not collected; see --print-token.")
                return exits.FINE
            result = await connection.call(
                "token.collect", TokenById(asked.request_id), TokenResult
            )
            if as_json:
                print_json(result)
            else:
                click.echo(result.access_token)
            return exits.FINE

    try:
        return look(once, watch=False)
    except ConnectionLost as error:
        raise Stop(f"{error} See `entraclaw-tui jobs`.", exits.TRY_AGAIN) from None
    except WireError as error:
        raise refused(error) from None


async def _wait(connection: Connection, request_id: str, seconds: int) -> TokenAwaitResult:
    from entraclaw_tui.ipc.request_messages import TokenAwait, TokenAwaitResult

    # The worker ends the request; the margin covers an exchange that is under way.
    deadline = time.monotonic() + seconds + 30
    while True:
        found = await connection.call(
            "token.await", TokenAwait(request_id, _SLICE_MS), TokenAwaitResult, quiet=40.0
        )
        if found.state.final or found.state.value == "ready":
            return found
        if time.monotonic() > deadline:
            raise Stop("The worker went on without an answer.", exits.TRY_AGAIN)


def _say_no(end: TokenAwaitResult, as_json: bool) -> int:
    code, words = _ENDS[end.state.value]
    if as_json:
        print_json(end)
    else:
        click.echo(f"{words} {clean(end.message or '', 500)}".strip(), err=True)
    return code
