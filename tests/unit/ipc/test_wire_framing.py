"""Lines in, frames out: anything that is not a call is refused by name, nothing ever crashes."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.ipc import framing, messages
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import Decide, Hello, PinSet, Unlock
from entraclaw_tui.ipc.request_messages import TokenRequest, TokenResult

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
PARAMS = [
    kind
    for kind in vars(messages).values()
    if isinstance(kind, type) and issubclass(kind, messages.Params)
]


@given(st.one_of(st.binary(max_size=300), JSON.map(lambda value: json.dumps(value).encode())))
def test_any_line_is_a_call_or_a_named_refusal(line: bytes) -> None:
    try:
        call = framing.decode_call(line)
    except WireError as error:
        found = error.code
        framing.call_id(line)
    else:
        assert call.jsonrpc == "2.0"
        return
    assert found in (Code.PARSE_ERROR, Code.INVALID_REQUEST)


@given(st.sampled_from(PARAMS), JSON)
def test_any_parameters_are_taken_or_refused(kind: type[messages.Params], value: object) -> None:
    call = framing.Call("2.0", "x", 1, msgspec.Raw(json.dumps(value).encode()))
    try:
        found = framing.decode_params(call, kind)
    except WireError as error:
        code = error.code
    else:
        assert isinstance(found, kind)
        return
    assert code is Code.INVALID_PARAMS


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"", "parse_error"),
        (b"not json", "parse_error"),
        (b"\xff\xfe", "parse_error"),
        (b"[" * 50_000, "parse_error"),
        (b'{"a":' * 30_000, "parse_error"),
        (b"[]", "invalid_request"),
        (b"1e999", "invalid_request"),
        (b'[{"jsonrpc":"2.0","id":1,"method":"hello"}]', "invalid_request"),
        (b'{"jsonrpc":"1.0","id":1,"method":"hello"}', "invalid_request"),
        (b'{"jsonrpc":"2.0","id":1,"method":"hello","extra":1}', "invalid_request"),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"hello"}', "invalid_request"),
        (b'{"jsonrpc":"2.0","id":"' + b"x" * 65 + b'","method":"hello"}', "invalid_request"),
        (b'{"jsonrpc":"2.0","id":1}', "invalid_request"),
    ],
)
def test_what_is_no_call(line: bytes, code: str) -> None:
    with pytest.raises(WireError) as refused:
        framing.decode_call(line)
    # Deep nesting is refused as one or the other, by where the parser gives up.
    assert refused.value.code == code or (line[:1] in b"[{" and len(line) > 9999)


@pytest.mark.parametrize("kind", PARAMS)
def test_parameters_are_closed(kind: type[messages.Params]) -> None:
    call = framing.Call("2.0", "x", 1, msgspec.Raw(b'{"surprise": 1}'))
    with pytest.raises(WireError) as refused:
        framing.decode_params(call, kind)
    assert refused.value.code is Code.INVALID_PARAMS


@pytest.mark.parametrize(
    "change",
    [
        {"scopes": []},
        {"scopes": ["A"] * 21},
        {"scopes": ["a b"]},
        {"scopes": ["\u202eA"]},
        {"scopes": ["A\n"]},
        {"resource": ""},
        {"resource": "https://a b"},
        {"resource": "x" * 257},
        {"flow": "steal"},
        {"reason": "x" * 1001},
        {"expires_in": 5},
        {"expires_in": 301},
        {"user_assertion": "x" * 32_769},
    ],
)
def test_a_token_request_is_bounded(change: dict[str, object]) -> None:
    plain: dict[str, object] = {"resource": "https://graph.microsoft.com", "scopes": ["User.Read"]}
    msgspec.convert(plain, TokenRequest)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(plain | change, TokenRequest)


def test_what_is_encoded_is_one_line_and_comes_back() -> None:
    hello = Hello(1, messages.ClientInfo("a\nb"))
    line = framing.encode_call(3, "hello", hello)
    assert line.count(b"\n") == 1
    call = framing.decode_call(line)
    assert (call.id, framing.decode_params(call, Hello)) == (3, hello)
    error = framing.encode_error(4, WireError(Code.RESTING, "later", "wait", 7.0))
    frame = framing.decode_frame(error)
    assert isinstance(frame.error, framing.ErrorBody)
    assert frame.error.data == framing.ErrorData("resting", "wait", 7.0)


def test_secrets_have_no_face() -> None:
    for message in (
        Unlock("246810"),
        PinSet("246810", "135791"),
        Decide("r1", "d", 1, "allow", proof="246810"),
        TokenResult("246810", "Bearer", 1, ("A",)),
    ):
        assert "246810" not in repr(message)
        assert "135791" not in repr(message)


@pytest.mark.parametrize(
    "secret", [Unlock("246810"), TokenRequest("r", ("A",), user_assertion="246810")]
)
def test_a_refusal_quotes_no_secret(secret: messages.Params) -> None:
    wrong = msgspec.to_builtins(secret) | {"surprise": 1}
    call = framing.Call("2.0", "x", 1, msgspec.Raw(msgspec.json.encode(wrong)))
    with pytest.raises(WireError) as refused:
        framing.decode_params(call, type(secret))
    assert "246810" not in refused.value.message
