"""Reading the `scope` of a form: one resource, its permissions, and OpenID's own words."""

from __future__ import annotations

from dataclasses import dataclass

from entraclaw_tui.demo.entra.directory import GRAPH, Directory
from entraclaw_tui.demo.entra.refusals import Refusal, invalid_scope, missing_parameter
from entraclaw_tui.demo.entra.refusals import unknown_resource as no_such_resource

OPENID = ("openid", "profile", "email", "offline_access")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for."""

    resource: str
    audience: str
    scopes: tuple[str, ...]
    """Short names; `.default` alone means whatever is consented."""
    openid: frozenset[str]

    def named(self, granted: tuple[str, ...]) -> str:
        """Return the `scope` of an answer."""
        words = [w for w in OPENID if w in self.openid and w != "offline_access"]
        return " ".join(words + [f"{self.resource}/{scope}" for scope in granted])


def read_scope(text: str, directory: Directory) -> Asked:
    """Return what `text` asks for. Raises Refusal."""
    words = text.split()
    openid = frozenset(w for w in words if w in OPENID)
    pairs = [_split(w) for w in words if w not in OPENID]
    if not pairs:
        raise missing_parameter("scope")
    resources = {resource for resource, _ in pairs}
    if len(resources) > 1:
        raise Refusal(
            400,
            "invalid_request",
            28000,
            "Provided value for the input parameter scope is not valid because it contains more "
            "than one resource.",
        )
    resource = resources.pop()
    audience = directory.audience(resource)
    if audience is None:
        raise no_such_resource(resource, directory.domain)
    names = tuple(dict.fromkeys(name for _, name in pairs))
    if ".default" in names and len(names) > 1:
        raise Refusal(
            400,
            "invalid_scope",
            70011,
            ".default scope can't be combined with resource-specific scopes.",
        )
    return Asked(resource, audience, names, openid)


def _split(word: str) -> tuple[str, str]:
    if "://" not in word:
        return GRAPH, word  # a bare name is one of Graph's
    resource, _, name = word.rpartition("/")
    if not name or resource.endswith("/"):
        raise invalid_scope(word)
    return resource, name
