"""Lines for the worker's sockets: valid ones, nearly valid ones, and noise; endless by a seed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from tests.support.hostile_texts import HOSTILE

Params = dict[str, object]
_GRAPH = "https://graph.microsoft.com"
_NOISE = (
    b"", b"null", b"true", b"0", b'""', b"[]", b"{}", b"[[[[", b"NaN", b"-", b"1e999", b"\xff\xfe",
    b"\xef\xbb\xbf{}", b'"\\ud800"', b"\x00" * 40, b"[" * 4000, b'{"a":' * 3000, b"{" + b" " * 900,
    b'[{"jsonrpc":"2.0","id":1,"method":"hello"}]', b"GET / HTTP/1.1\r", b"\x16\x03\x01\x02\x00",
    b'{"jsonrpc":"2.0","id":1,"id":2,"method":"hello","method":"x"}', b"9" * 5000,
)  # fmt: skip
_ODD: tuple[object, ...] = (
    None, True, -1, 0, 2**53, -(2**63), 2**64, 10**300, 1.5, 1e308, "", [], {}, [[]], {"": ""},
    "a" * 5000, ["x"] * 500, {"jsonrpc": "2.0"},
)  # fmt: skip


class Frames:
    """A source of lines for one socket. `next` gives one, its line feed included."""

    def __init__(self, seed: int, *, control: bool) -> None:
        self._chance = random.Random(seed)
        self._calls = _control(self._chance) if control else _request(self._chance)
        self._names = tuple(self._calls)

    def next(self) -> bytes:
        """Return the next line."""
        chance = self._chance
        if chance.random() < 0.1:
            return chance.choice(_NOISE) + b"\n"
        method = chance.choice(self._names)
        call: Params = {
            "jsonrpc": "2.0", "id": chance.randrange(2**31), "method": method,
            "params": self._calls[method](),
        }  # fmt: skip
        if chance.random() < 0.7:
            self._bend(call)
        line = bytearray(json.dumps(call, ensure_ascii=chance.random() < 0.5).encode(
            "utf-8", "surrogatepass"
        ))  # fmt: skip
        if chance.random() < 0.3:
            self._break(line)
        return bytes(line).replace(b"\n", b" ") + b"\n"

    def _bend(self, call: Params) -> None:
        """Change a value, take a field away or add one; the line stays JSON."""
        inside = call["params"]
        part = inside if isinstance(inside, dict) and self._chance.random() < 0.7 else call
        name = self._chance.choice(list(part) or ["params"])
        match self._chance.randrange(4):
            case 0:
                part.pop(name, None)
            case 1:
                part[self._chance.choice(HOSTILE)] = self._chance.choice(_ODD)
            case 2:
                part[name] = self._chance.choice(HOSTILE)
            case _:
                part[name] = self._chance.choice(_ODD)

    def _break(self, line: bytearray) -> None:
        """Change bytes; most often it is no JSON any more."""
        for _ in range(self._chance.randrange(1, 4)):
            at = self._chance.randrange(len(line) + 1)
            piece = self._chance.choice(_NOISE) if self._chance.random() < 0.2 else b"\xf0"
            line[at : at + self._chance.randrange(4)] = (
                piece if self._chance.random() < 0.5 else self._chance.randbytes(1)
            )


def _request(chance: random.Random) -> dict[str, Callable[[], Params]]:
    ask = {"resource": _GRAPH, "scopes": ["User.Read"], "reason": "why", "idempotency_key": "k"}
    by_id: Params = {"request_id": "r_1"}
    return _shuffled(chance, {
        "hello": {"protocol": 1, "client": {"name": "x", "version": "1"}, "shows_code": True},
        "token.request": ask | {"detach": True, "expires_in": 10},
        "token.await": by_id | {"wait_ms": 0},
        "token.collect": by_id,
        "token.cancel": by_id,
        "request.decide": {"request_id": "r_1", "digest": "d", "revision": 1, "decision": "allow"},
        "session.unlock": {"pin": "246810"},
        "no.such": {},
    })  # fmt: skip


def _control(chance: random.Random) -> dict[str, Callable[[], Params]]:
    decide = {"request_id": "r_1", "digest": "d", "revision": 1, "decision": "allow", "proof": "1"}
    return _shuffled(chance, {
        "hello": {"protocol": 1, "client": {"name": "x", "version": "1"}},
        "snapshot": {}, "subscribe": {"since": 0}, "session.unlock": {"pin": "000000"},
        "session.lock": {}, "session.status": {}, "session.touch": {}, "request.decide": decide,
        "grant.list": {}, "grant.revoke": {"grant_id": "g"}, "client.unblock": {"identity": "i"},
        "worker.status": {}, "worker.resume": {}, "exchange.refresh": {}, "policy.set": {"a": 1},
        "pin.set": {"pin": "111111", "old": "222222"}, "audit.tail": {"limit": 1},
    })  # fmt: skip


def _shuffled(
    chance: random.Random, calls: dict[str, dict[str, object]]
) -> dict[str, Callable[[], Params]]:
    def swapped(value: object) -> object:
        swap = isinstance(value, str) and chance.random() < 0.3
        return chance.choice(HOSTILE) if swap else value

    def fresh(params: Params) -> Callable[[], Params]:
        return lambda: {name: swapped(value) for name, value in params.items()}

    return {method: fresh(params) for method, params in calls.items()}
