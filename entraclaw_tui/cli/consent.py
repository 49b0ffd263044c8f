"""Requests, grants, tokens, policy: look, deny, revoke. There is no command that approves."""

from __future__ import annotations

import click

from entraclaw_tui.cli import exits
from entraclaw_tui.cli.context import Settings, Stop, open_host
from entraclaw_tui.cli.options import json_option, watch_option
from entraclaw_tui.cli.output import age, look, now, print_json, print_line, print_table, span
from entraclaw_tui.text import clean


@click.group(invoke_without_command=True)
@click.option("--all", "every", is_flag=True, help="Decided ones too.")
@json_option
@watch_option
@click.pass_context
def requests(ctx: click.Context, every: bool, as_json: bool, plain: bool, watch: bool) -> int:
    """Who is asking; with --all also what was decided."""
    if ctx.invoked_subcommand is not None:
        return exits.FINE
    settings: Settings = ctx.obj
    from entraclaw_tui.cli.link import snapshot

    host = open_host(settings)

    async def once() -> int:
        seen = (await snapshot(host)).requests
        shown = [r for r in seen if every or not r.state.final]
        if as_json:
            print_json(shown)
            return exits.FINE
        rows = [
            (
                r.id[:12],
                r.state.value,
                r.tier.value,
                " ".join(scope.name for scope in r.scopes),
                host.shown(r.requester.executable),
                span(r.expires_at - now()) if not r.state.final else age(r.decided_at, now()),
            )
            for r in shown
        ]
        print_table(("id", "state", "tier", "wants", "program", "ends"), rows, "Nobody is asking.")
        return exits.FINE

    return look(once, watch=watch, as_json=as_json)


@requests.command("deny")
@click.argument("request_id")
@click.option("--reason", default="", help="Told to the program that asked.")
@json_option
@click.pass_obj
def deny(settings: Settings, request_id: str, reason: str, as_json: bool, plain: bool) -> int:
    """Deny the request whose id begins with REQUEST_ID. Allowing needs the panel and a person."""
    from entraclaw_tui.cli.link import control
    from entraclaw_tui.ipc.messages import Decide, DecideResult, Nothing, Snapshot

    host = open_host(settings)

    async def once() -> int:
        async with control(host) as connection:
            seen = (await connection.call("snapshot", Nothing(), Snapshot)).requests
            found = [r for r in seen if r.id.startswith(request_id) and not r.state.final]
            if len(found) != 1:
                how = "No request" if not found else f"{len(found)} requests"
                raise Stop(
                    f"{how} that wait have an id like {clean(request_id, 40)}. "
                    "See `entraclaw-tui requests`.",
                    exits.ERRORS,
                )
            one = found[0]
            decide = Decide(one.id, one.digest, one.revision, "deny", reason=reason)
            result = await connection.call("request.decide", decide, DecideResult)
        if as_json:
            print_json(result.request)
        else:
            print_line(f"Denied {result.request.id[:12]}.")
        return exits.FINE

    return look(once, watch=False)


@click.group(invoke_without_command=True)
@json_option
@watch_option
@click.pass_context
def grants(ctx: click.Context, as_json: bool, plain: bool, watch: bool) -> int:
    """What is allowed, and until when."""
    if ctx.invoked_subcommand is not None:
        return exits.FINE
    settings: Settings = ctx.obj
    from entraclaw_tui.cli.link import snapshot

    host = open_host(settings)

    async def once() -> int:
        seen = (await snapshot(host)).grants
        if as_json:
            print_json(seen)
            return exits.FINE
        rows = [
            (
                g.id[:12],
                g.ended_by or "live",
                " ".join(g.scopes),
                host.shown(g.executable),
                span(g.expires_at - now()) if g.ended_at is None else age(g.ended_at, now()),
                str(g.uses),
            )
            for g in seen
        ]
        print_table(
            ("id", "state", "scopes", "program", "ends", "uses"), rows, "Nothing is allowed."
        )
        return exits.FINE

    return look(once, watch=watch, as_json=as_json)


@grants.command("revoke")
@click.argument("grant_id", required=False)
@click.option("--all", "every", is_flag=True, help="Every live grant.")
@json_option
@click.pass_obj
def revoke(
    settings: Settings, grant_id: str | None, every: bool, as_json: bool, plain: bool
) -> int:
    """End the grant whose id begins with GRANT_ID, or all. Its token is deleted with it."""
    from entraclaw_tui.cli.link import control
    from entraclaw_tui.ipc.messages import Count, GrantById, Nothing, Snapshot

    if every == bool(grant_id):
        raise click.UsageError("Name one grant, or --all.")
    host = open_host(settings)

    async def once() -> int:
        async with control(host) as connection:
            if every:
                count = (await connection.call("grant.revoke_all", Nothing(), Count)).count
            else:
                seen = (await connection.call("snapshot", Nothing(), Snapshot)).grants
                found = [g for g in seen if g.id.startswith(grant_id or "") and g.ended_at is None]
                if len(found) != 1:
                    how = "No live grant has" if not found else f"{len(found)} live grants have"
                    raise Stop(
                        f"{how} an id like {clean(grant_id or '', 40)}. "
                        "See `entraclaw-tui grants`.",
                        exits.ERRORS,
                    )
                count = (await connection.call("grant.revoke", GrantById(found[0].id), Count)).count
        if as_json:
            print_json({"revoked": count})
        else:
            print_line(f"Revoked {count} {'grant' if count == 1 else 'grants'}.")
        return exits.FINE

    return look(once, watch=False)


@click.command()
@json_option
@watch_option
@click.pass_obj
def tokens(settings: Settings, as_json: bool, plain: bool, watch: bool) -> int:
    """Live tokens: for whom and until when, never their text."""
    from entraclaw_tui.cli.link import snapshot

    host = open_host(settings)

    async def once() -> int:
        live = [t for t in (await snapshot(host)).tokens if t.ended_at is None]
        if as_json:
            print_json(live)
            return exits.FINE
        rows = [
            (
                t.id[:12],
                " ".join(t.scopes),
                t.resource,
                t.client_name,
                t.account,
                span(t.expires_at - now()),
                t.kept_in,
            )
            for t in live
        ]
        print_table(
            ("id", "scopes", "resource", "client", "account", "ends", "kept in"),
            rows,
            "No token is live.",
        )
        return exits.FINE

    return look(once, watch=watch, as_json=as_json)


@click.command()
@json_option
@watch_option
@click.pass_obj
def policy(settings: Settings, as_json: bool, plain: bool, watch: bool) -> int:
    """What you made stricter than it is built in. Only shows: changing it takes your PIN."""
    from entraclaw_tui.cli.link import control
    from entraclaw_tui.ipc.control_messages import PolicyResult
    from entraclaw_tui.ipc.messages import Nothing
    from entraclaw_tui.model.policy import lines

    host = open_host(settings)

    async def once() -> int:
        async with control(host) as connection:
            found = await connection.call("policy.get", Nothing(), PolicyResult)
        if as_json:
            print_json(found)
        else:
            print_table(("rule", "is"), list(lines(found.policy).items()), "")
        if found.state != "lost":
            return exits.FINE
        raise Stop(
            "The policy was changed by somebody else: nothing can be allowed. "
            "Run `sudo entraclaw-tui pin reset`.",
            exits.ERRORS,
        )

    return look(once, watch=watch, as_json=as_json)
