"""Calls to Entra: one HTTP client for all of them, and every failure told as what it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from entraclaw_tui.worker.entra_errors import ExchangeError, Kind, error_class
from entraclaw_tui.worker.skew import clock_hint

if TYPE_CHECKING:
    from entraclaw_tui.worker.http import RecordingSession

_OUT_OF_TIME = "AADSTS700024"


class Calls:
    """What MSAL works with, and what comes of it. Everything here blocks: on the lane."""

    def __init__(self, ca_file: str, proxy: str) -> None:
        self._ca_file = ca_file
        self._proxy = proxy
        self._http: RecordingSession | None = None
        self.cache: dict[str, object] = {}
        """What MSAL keeps of answers (its `http_cache`), until the next failure."""

    @property
    def http(self) -> RecordingSession:
        """The client; made with the first call, since it costs time and memory."""
        if self._http is None:
            from entraclaw_tui.worker.http import RecordingSession

            self._http = RecordingSession(self._ca_file, self._proxy)
        return self._http

    @property
    def refused(self) -> bool:
        """Whether Entra has refused something in this call."""
        return self._http is not None and self._http.refusal is not None

    def ask(
        self,
        call: Callable[[], Mapping[str, object]],
        good: Callable[[Mapping[str, object]], bool],
    ) -> Mapping[str, object]:
        """Return a good answer. Raises ExchangeError for all others and for none."""
        self.http.forget()
        try:
            answer = call()
            if good(answer):
                return answer
            trouble = _told(answer)
        except ExchangeError as error:
            trouble = error
        except Exception as error:
            # MSAL's own errors quote what they choke on, so nothing of them is passed on.
            trouble = _broken(error)
        # MSAL answers an equal call from this cache for a minute, even after somebody consented,
        # and one user's 429 to all users. Pauses are ours to keep (patience.py).
        self.cache.clear()
        raise self._by_refusal() or trouble

    def close(self) -> None:
        """Close the connections; the next call opens new ones."""
        if self._http is not None:
            self._http.close()
        self._http = None
        self.cache.clear()

    def _by_refusal(self) -> ExchangeError | None:
        """Return what Entra itself said: it explains most."""
        refusal = self.http.refusal
        if refusal is None:
            return None
        error = error_class(refusal.status_code, refusal.text, refusal.headers).error()
        if error.code == _OUT_OF_TIME:
            error.hint = clock_hint(refusal.headers, time.time()) or error.hint
        return error


def _told(answer: object) -> ExchangeError:
    if isinstance(answer, Mapping) and "error" in answer:
        return error_class(400, answer, {}).error()
    return ExchangeError(Kind.TRANSIENT, "Entra's answer makes no sense.")


def _broken(error: Exception) -> ExchangeError:
    import requests

    from entraclaw_tui.worker.http import distrusted

    kind = type(error).__name__
    if not isinstance(error, requests.exceptions.RequestException):
        return ExchangeError(Kind.TRANSIENT, f"Entra's answer makes no sense ({kind}).")
    if distrusted(error):
        return ExchangeError(Kind.CONFIG, "The authority's TLS certificate is not trusted.")
    return ExchangeError(Kind.TRANSIENT, f"Entra cannot be reached ({kind}).")
