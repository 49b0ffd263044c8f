"""JSON-RPC 2.0 lines: bytes in, typed frames out, and back."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from entraclaw_tui.ipc.errors import Code, WireError

T = TypeVar("T")
_NOTHING = msgspec.Raw(b"{}")


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request as it came in: who asks for what; the parameters are not yet looked at."""

    jsonrpc: str
    method: str
    id: int | str | None = None
    params: msgspec.Raw = _NOTHING


class _Id(msgspec.Struct, frozen=True):
    id: int | str | None = None


class ErrorData(msgspec.Struct, frozen=True, omit_defaults=True):
    """The part of an error a program may branch on."""

    code: str
    hint: str = ""
    retry_after: float = 0.0


class ErrorBody(msgspec.Struct, frozen=True):
    """The error object of JSON-RPC 2.0, section 5.1."""

    code: int
    message: str
    data: ErrorData | None = None


class Frame(msgspec.Struct, frozen=True):
    """Anything a server may send: an answer (`id`) or a notification (`method`)."""

    jsonrpc: str
    id: int | str | None = None
    method: str = ""
    result: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    error: ErrorBody | msgspec.UnsetType = msgspec.UNSET
    params: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_call = msgspec.json.Decoder(Call)
_id = msgspec.json.Decoder(_Id)
_frame = msgspec.json.Decoder(Frame)
_encoder = msgspec.json.Encoder()


def decode_call(line: bytes) -> Call:
    """Return the call in one line. Raises WireError: no JSON, or no JSON-RPC call."""
    try:
        call = _call.decode(line)
    except (msgspec.ValidationError, RecursionError) as error:
        raise WireError(Code.INVALID_REQUEST, f"Not a JSON-RPC 2.0 request: {error}") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WireError(Code.PARSE_ERROR, f"Not JSON: {error}") from None
    if call.jsonrpc != "2.0":
        raise WireError(Code.INVALID_REQUEST, 'The field "jsonrpc" must be "2.0".')
    if isinstance(call.id, str) and len(call.id) > 64:
        raise WireError(Code.INVALID_REQUEST, "The id is longer than 64 characters.")
    return call


def call_id(line: bytes) -> int | str | None:
    """Return the id of a line that was refused, so that the refusal can name it; else None."""
    try:
        found = _id.decode(line).id
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    return found if not isinstance(found, str) or len(found) <= 64 else None


def decode_params(call: Call, kind: type[T]) -> T:
    """Return the parameters of a call as `kind`. Raises WireError naming what is wrong."""
    try:
        return msgspec.json.decode(call.params, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise WireError(Code.INVALID_PARAMS, f"{call.method}: {error}") from None


def decode_frame(line: bytes) -> Frame:
    """Return what a server sent. Raises WireError for anything else."""
    try:
        return _frame.decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise WireError(Code.PARSE_ERROR, f"The worker sent no JSON-RPC line: {error}") from None


def encode_call(id: int, method: str, params: msgspec.Struct | None) -> bytes:
    """Return one line that calls `method`."""
    body: dict[str, Any] = {"jsonrpc": "2.0", "id": id, "method": method}
    if params is not None:
        body["params"] = params
    return _encoder.encode(body) + b"\n"


def encode_result(id: int | str | None, result: msgspec.Struct) -> bytes:
    """Return one line that answers."""
    return _encoder.encode({"jsonrpc": "2.0", "id": id, "result": result}) + b"\n"


def encode_error(id: int | str | None, error: WireError) -> bytes:
    """Return one line that refuses."""
    data = ErrorData(str(error.code), error.hint, error.retry_after)
    body = ErrorBody(error.number, error.message, data)
    return _encoder.encode({"jsonrpc": "2.0", "id": id, "error": body}) + b"\n"


def encode_event(event: msgspec.Struct) -> bytes:
    """Return one line that tells of a change."""
    return _encoder.encode({"jsonrpc": "2.0", "method": "event", "params": event}) + b"\n"
