"""The JSON Schema of the wire, for whoever writes a client."""

from __future__ import annotations

import click
import msgspec

from entraclaw_tui.cli import exits


@click.command()
def schema() -> int:
    """Print the JSON Schema of every message of both sockets."""
    from entraclaw_tui.ipc import control_messages, messages, request_messages, sign_in

    kinds = [
        kind
        for room in (messages, request_messages, control_messages, sign_in)
        for kind in vars(room).values()
        if isinstance(kind, type)
        and issubclass(kind, msgspec.Struct)
        and kind.__module__ == room.__name__
        and kind is not messages.Params
    ]
    schemas, components = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The wire of Entraclaw, protocol 1",
        "description": "JSON-RPC 2.0, one object a line, at most 65536 bytes a line.",
        "anyOf": list(schemas),
        "$defs": components,
    }
    click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    return exits.FINE
