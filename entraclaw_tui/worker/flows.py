"""The four flows: as whom the agent acts, and what each needs of the settings and of the request.

`obo`: the application for a person. `agent_obo`: the agent identity for a person. `agent_user`: the
agent's own account. `app`: the agent as itself (learn.microsoft.com/entra/agent-id).
"""

from __future__ import annotations

from typing import Final

from entraclaw_tui.worker.config import Agent, Config

OBO: Final = "obo"
AGENT_OBO: Final = "agent_obo"
AGENT_USER: Final = "agent_user"
APP: Final = "app"
FOR_A_PERSON: Final = frozenset({OBO, AGENT_OBO})
"""The flows that begin with a person's token."""


class NotOffered(Exception):
    """The settings do not allow this flow. `hint` is the next step."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class WrongAsk(Exception):
    """The request does not fit its flow. The message is a sentence."""


def require_offered(config: Config, agent: Agent, flow: str) -> None:
    """Return if the settings allow `agent` this flow. Raises NotOffered."""
    if flow == AGENT_OBO and not agent.client_id:
        raise NotOffered(
            f"{agent.name} has no agent identity.",
            "Ask with the flow obo, or set client_id of the agent in config.toml.",
        )
    if flow == AGENT_USER and not (agent.client_id and agent.user):
        raise NotOffered(
            f"{agent.name} has no account of its own.",
            "Set client_id and user of the agent in config.toml.",
        )


def require_fitting(flow: str, scopes: tuple[str, ...], *, assertion: bool) -> None:
    """Return if scopes and user assertion fit the flow. Raises WrongAsk."""
    if flow not in FOR_A_PERSON and assertion:
        raise WrongAsk(f"The flow {flow} takes no user_assertion: no person is part of it.")
    if flow == APP and scopes != (".default",):
        raise WrongAsk("The flow app takes the one scope .default: it has what Entra gave it.")


def account_of(config: Config, agent: Agent, flow: str) -> str:
    """Return for whom the token will be; empty where the agent is itself."""
    if flow in FOR_A_PERSON:
        return config.account.upn
    return agent.user if flow == AGENT_USER else ""
