"""Refusals in Entra's own shape.

learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow ("Error response example")
and reference-error-codes give the fields and the texts.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass

import msgspec


@dataclass(eq=False)
class Refusal(Exception):
    """No token: OAuth error, AADSTS number and text."""

    status: int
    error: str
    number: int
    text: str
    suberror: str = ""
    claims: str = ""
    retry_after: int = 0

    def body(self, correlation_id: str, now: float) -> bytes:
        """Return the JSON body that Entra would send."""
        trace = str(uuid.uuid4())
        stamp = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(now))
        fields: dict[str, object] = {
            "error": self.error,
            "error_description": (
                f"AADSTS{self.number}: {self.text} Trace ID: {trace} "
                f"Correlation ID: {correlation_id} Timestamp: {stamp}"
            ),
            "error_codes": [self.number],
            "timestamp": stamp,
            "trace_id": trace,
            "correlation_id": correlation_id,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }
        if self.suberror:
            fields["suberror"] = self.suberror
        if self.claims:
            fields["claims"] = self.claims
        return msgspec.json.encode(fields)


def missing_parameter(name: str) -> Refusal:
    """A form field is not there."""
    text = f"The request body must contain the following parameter: '{name}'."
    return Refusal(400, "invalid_request", 900144, text)


def unknown_tenant(name: str) -> Refusal:
    """The path names another tenant."""
    text = (
        f"Tenant '{name}' not found. Check to make sure you have the correct tenant ID and are "
        "signing into the correct cloud."
    )
    return Refusal(400, "invalid_request", 90002, text)


def unknown_app(client_id: str, domain: str) -> Refusal:
    """No such application."""
    text = f"Application with identifier '{client_id}' was not found in the directory '{domain}'."
    return Refusal(400, "unauthorized_client", 700016, text)


def unsupported_grant(grant: str) -> Refusal:
    """A grant type of somewhere else."""
    text = f"The app requested an unsupported grant type '{grant}'."
    return Refusal(400, "unsupported_grant_type", 70003, text)


def invalid_scope(scope: str) -> Refusal:
    """A scope that is none."""
    text = (
        "The provided value for the input parameter 'scope' isn't valid. "
        f"The scope {scope} isn't valid."
    )
    return Refusal(400, "invalid_scope", 70011, text)


def default_alone() -> Refusal:
    """An application as itself asked for single permissions."""
    text = (
        "The provided value for scope is not valid. Client credential flows must have a scope "
        "value with /.default suffixed to the resource identifier (application ID URI)."
    )
    return Refusal(400, "invalid_scope", 1002012, text)


def unknown_resource(resource: str, domain: str) -> Refusal:
    """No such resource."""
    text = f"The resource principal named {resource} was not found in the tenant named {domain}."
    return Refusal(400, "invalid_resource", 500011, text)


def consent_required(client_id: str, name: str) -> Refusal:
    """Nobody has consented to this."""
    text = (
        f"The user or administrator has not consented to use the application with ID '{client_id}' "
        f"named '{name}'. Send an interactive authorization request for this user and resource."
    )
    return Refusal(400, "invalid_grant", 65001, text, suberror="consent_required")


def bad_client(number: int, text: str) -> Refusal:
    """The application did not prove itself."""
    return Refusal(401, "invalid_client", number, text)


def bad_grant(number: int, text: str, suberror: str = "") -> Refusal:
    """What was to be exchanged does not count."""
    return Refusal(400, "invalid_grant", number, text, suberror=suberror)
