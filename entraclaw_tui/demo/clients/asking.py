"""One ask, from the request to the token or the no."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from pathlib import Path

from entraclaw_tui.demo.clients.diary import Diary
from entraclaw_tui.demo.clients.lines import Gone, Line, Refused
from entraclaw_tui.demo.clients.stories import Story

_WAIT_MS = 30_000
_RECONNECT = 1.0
"""Seconds between two tries to reach the worker."""

# What a polite program does after a no, in seconds, where the worker names none.
_PAUSES = {"blocked": 600.0, "resting": 300.0, "too_many": 60.0, "paused": 30.0}


class Asking:
    """Asks for what a story wants, as often as it is told to."""

    def __init__(
        self,
        story: Story,
        socket: Path,
        diary: Diary,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._story = story
        self._socket = socket
        self._diary = diary
        self._sleep = sleep
        self._unreachable = False

    def once(self, reason: str) -> float:
        """Ask and wait for the end of it; return how many seconds to rest at least.

        A worker that restarts meanwhile loses nothing: the same key finds the same request.
        """
        key = secrets.token_hex(16)
        try:
            while True:
                try:
                    return self._ask(reason, key)
                except Gone as gone:
                    if not self._unreachable:
                        self._diary.say(str(gone))
                    self._unreachable = True
                    self._sleep(_RECONNECT)
        except Refused as no:
            self._diary.say(f"Refused ({no.code}): {no.message}")
            return max(no.retry_after, _PAUSES.get(no.code, 0.0))
        finally:
            self._diary.hide_code()

    def _ask(self, reason: str, key: str) -> float:
        story = self._story
        scopes = ", ".join(story.scopes)
        with Line(self._socket) as line:
            client = {"name": story.name, "version": story.version}
            line.call("hello", {"protocol": 1, "client": client, "shows_code": story.shows_code})
            self._unreachable = False
            asked = line.call(
                "token.request",
                {
                    "resource": story.resource,
                    "scopes": list(story.scopes),
                    "reason": reason,
                    "idempotency_key": key,
                },
            )
            if asked["state"] == "pending":
                self._diary.say(f"Asked for {scopes}: {reason}")
            if code := asked.get("match_code"):
                self._diary.show_code(str(code))
            ended = self._await(line, str(asked["request_id"]), str(asked["state"]))
            if ended.get("state") != "ready":
                why = ended.get("message") or ended.get("code") or ""
                self._diary.say(f"No {scopes} this time ({ended.get('state')}): {why}")
                return 0.0
            self._collect(line, str(asked["request_id"]))
            return 0.0

    def _await(self, line: Line, request: str, state: str) -> dict[str, object]:
        answer: dict[str, object] = {"state": state}
        while answer.get("state") in ("pending", "approved", "exchanging"):
            answer = line.call(
                "token.await",
                {"request_id": request, "wait_ms": _WAIT_MS},
                patience=_WAIT_MS / 1000 + 15,
            )
        return answer

    def _collect(self, line: Line, request: str) -> None:
        token = line.call("token.collect", {"request_id": request})
        # The text of a token goes nowhere; its hash tells two apart.
        mark = hashlib.sha256(str(token.get("access_token", "")).encode()).hexdigest()[:8]
        scopes, ends = token.get("scopes"), token.get("expires_at")
        until = (
            time.strftime("%H:%M:%S", time.localtime(ends))
            if isinstance(ends, (int, float))
            else "?"
        )
        names = ", ".join(map(str, scopes)) if isinstance(scopes, list) else ""
        self._diary.say(f"Got a token for {names} until {until} (sha256 {mark})")
