"""What can go wrong on the wire, each with a stable word (`error.data.code`)."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """The stable words. A client may branch on them; the message is for a person."""

    PARSE_ERROR = "parse_error"
    INVALID_REQUEST = "invalid_request"
    UNKNOWN_METHOD = "unknown_method"
    INVALID_PARAMS = "invalid_params"
    FRAME_TOO_LARGE = "frame_too_large"
    HELLO_REQUIRED = "hello_required"
    UNSUPPORTED_PROTOCOL = "unsupported_protocol"
    TOO_MANY = "too_many"
    TOO_SLOW = "too_slow"
    RESTING = "resting"
    BLOCKED = "blocked"
    PAUSED = "paused"
    NOT_FOUND = "not_found"
    NOT_READY = "not_ready"
    ALREADY_COLLECTED = "already_collected"
    ALREADY_DECIDED = "already_decided"
    STALE_DIGEST = "stale_digest"
    EXPIRED = "expired"
    DENIED = "denied"
    CANCELLED = "cancelled"
    FORBIDDEN = "forbidden"
    LOCKED = "locked"
    NO_PIN = "no_pin"
    WRONG_PIN = "wrong_pin"
    WRONG_CODE = "wrong_code"
    PROOF_REQUIRED = "proof_required"
    NOT_OFFERED = "not_offered"
    STORAGE = "storage"
    EXCHANGE_FAILED = "exchange_failed"
    INTERNAL = "internal"


# JSON-RPC 2.0 section 5.1 reserves these numbers; everything of ours shares one.
_NUMBERS = {
    Code.PARSE_ERROR: -32700,
    Code.FRAME_TOO_LARGE: -32700,
    Code.INVALID_REQUEST: -32600,
    Code.HELLO_REQUIRED: -32600,
    Code.UNKNOWN_METHOD: -32601,
    Code.INVALID_PARAMS: -32602,
    Code.INTERNAL: -32603,
}
_OURS = -32000


class WireError(Exception):
    """An answer that says no: the stable word, a sentence, and the next step where there is one."""

    def __init__(self, code: Code, message: str, hint: str = "", retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.retry_after = retry_after
        """Seconds after which asking again makes sense; 0 where time changes nothing."""

    @property
    def number(self) -> int:
        """The JSON-RPC error number."""
        return _NUMBERS.get(self.code, _OURS)


class ConnectionLost(Exception):
    """The other side went away, or was never there. The message is for a person."""
