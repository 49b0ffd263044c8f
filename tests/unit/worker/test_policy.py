"""The person's policy: it only tightens, it is set with care, and nobody else changes it unseen."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.ipc import framing
from entraclaw_tui.ipc.control_messages import PolicyPreview, PolicySet, PolicyTerms
from entraclaw_tui.ipc.errors import Code, WireError
from entraclaw_tui.ipc.messages import FRAME_LIMIT
from entraclaw_tui.model.consent import Proof, Remember, State, Tier
from entraclaw_tui.model.policy import MOST, Policy, changes
from entraclaw_tui.worker import policy, rules
from tests.support.worker_stage import PIN, PretendLine, WorkerStage

NAMES = ["User.Read", "Mail.Read", "Mail.Send", "Files.ReadWrite.All", "offline_access", ".default"]
SPELLED = [*NAMES, "https://graph.microsoft.com/Mail.Read", "mail.read", "X.Read"]
CLIENTS = ["signed:TEAM:example.contoso.notes", "/usr/local/bin/notes"]
POLICIES = st.builds(
    Policy,
    raised=st.dictionaries(st.sampled_from(SPELLED), st.sampled_from(Tier), max_size=3),
    refused_scopes=st.lists(st.sampled_from(SPELLED), max_size=2).map(tuple),
    once_scopes=st.lists(st.sampled_from(SPELLED), max_size=2).map(tuple),
    once_clients=st.lists(st.sampled_from(CLIENTS), max_size=2).map(tuple),
    longest_remember=st.sampled_from(Remember),
    longest_wait=st.integers(10, 300),
)
STRENGTH = [Proof.KEY, Proof.CODE, Proof.PIN]


@given(
    st.lists(st.sampled_from(SPELLED), min_size=1, max_size=3, unique=True).map(tuple),
    POLICIES,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_a_policy_only_tightens(
    names: tuple[str, ...], mine: Policy, new: bool, code: bool, ssh: bool
) -> None:
    floor = policy.judge(names, new_client=new, shows_code=code, over_ssh=ssh)
    found = policy.judge(
        names, new_client=new, shows_code=code, over_ssh=ssh, client=(CLIENTS[0],), policy=mine
    )
    assert found.tier.rank >= floor.tier.rank
    assert STRENGTH.index(found.proof) >= STRENGTH.index(floor.proof)
    assert set(found.remember) <= set(floor.remember)
    assert found.remember[0] is Remember.ONCE
    assert [s.name for s in found.scopes] == [s.name for s in floor.scopes]
    assert all(a.tier.rank >= b.tier.rank for a, b in zip(found.scopes, floor.scopes, strict=True))
    if not rules.refusal(names, "", mine):
        assert rules.fits(names, "", found.tier, found.remember[-1], (CLIENTS[0],), mine)


@pytest.mark.parametrize(
    ("rule", "scopes", "resource"),
    [
        ("Mail.Send", ("Mail.Send",), "https://graph.microsoft.com"),
        ("Mail.Send", ("User.Read", "mail.send"), "https://graph.microsoft.com"),
        ("Mail.Send", ("https://graph.microsoft.com/Mail.Send",), "https://graph.microsoft.com"),
        ("Mail.Send", ("https://GRAPH.microsoft.com//MAIL.SEND/",), "https://graph.microsoft.com"),
        ("https://graph.microsoft.com/Mail.Send", ("Mail.Send",), "https://graph.microsoft.com"),
        ("Mail.Send", (".default",), "https://graph.microsoft.com"),
        ("Mail.Send", ("https://graph.microsoft.com/.default",), "https://graph.microsoft.com"),
    ],
)
def test_a_refused_permission_has_no_other_spelling(
    rule: str, scopes: tuple[str, ...], resource: str
) -> None:
    assert rules.refusal(scopes, resource, Policy(refused_scopes=(rule,)))
    assert not rules.refusal(("User.Read",), resource, Policy(refused_scopes=(rule,)))


@pytest.mark.parametrize(
    "resource",
    [
        "https://graph.microsoft.com",
        "https://graph.microsoft.com/",
        "HTTPS://Graph.Microsoft.com:443/v1.0",
        "graph.microsoft.com.",
        "https://someone@graph.microsoft.com",
        "00000003-0000-0000-c000-000000000000",
    ],
)
def test_a_refused_resource_has_no_other_name(resource: str) -> None:
    mine = Policy(refused_resources=("https://graph.microsoft.com",))
    assert rules.refusal(("User.Read",), resource, mine)
    assert rules.refusal((f"{resource}/User.Read",), "https://vault.azure.net", mine)
    assert not rules.refusal(("user_impersonation",), "https://vault.azure.net", mine)


@pytest.mark.parametrize("resource", ["https://[::1", "", "api://agent"])
def test_what_no_rule_meets_is_let_be_asked(resource: str) -> None:
    mine = Policy(refused_resources=("https://graph.microsoft.com",), refused_scopes=("Mail.Send",))
    assert rules.refusal(("User.Read",), resource, mine) == ""


def test_an_address_that_is_none_is_refused_as_it_is_written() -> None:
    mine = Policy(refused_resources=("https://[::1",))
    assert rules.refusal(("User.Read",), "HTTPS://[::1/", mine)
    assert not rules.refusal(("User.Read",), "https://[::2", mine)


def test_every_difference_is_named() -> None:
    old = Policy(raised={"Mail.Read": Tier.HIGH}, refused_scopes=("Mail.Send",), longest_wait=60)
    new = Policy(raised={"Mail.Read": Tier.MEDIUM}, once_clients=("/bin/x",), dialog=True)
    assert changes(old, new) == [
        ("tier of Mail.Read", "high at least", "medium at least"),
        ("scope Mail.Send", "refused", ""),
        ("longest wait", "60 s", "300 s"),
        ("dialog", "off", "on"),
        ("remembering for /bin/x", "", "never"),
    ]
    assert changes(new, new) == []


def test_the_longest_policy_fits_into_one_line() -> None:
    long = tuple(f"{n:02}".ljust(256, "x") for n in range(MOST))
    mine = PolicyTerms(
        raised=dict.fromkeys(long, Tier.MEDIUM),
        refused_scopes=long,
        refused_resources=long,
        once_scopes=long,
        once_clients=tuple(text.ljust(400, "x") for text in long),
    )
    line = framing.encode_call(1, "policy.set", PolicySet(mine, 2**31, "9" * 32))
    assert len(line) < FRAME_LIMIT
    assert framing.decode_params(framing.decode_call(line), PolicySet).policy == mine
    more = PolicyTerms(refused_scopes=(*long, "one.more"))
    call = framing.decode_call(framing.encode_call(1, "policy.set", PolicySet(more, 0, "")))
    with pytest.raises(WireError):
        framing.decode_params(call, PolicySet)


# -- in the worker


@pytest_asyncio.fixture
async def held(tmp_path: Path) -> AsyncIterator[WorkerStage]:
    """A worker that a test may stop and start again."""
    stage = WorkerStage(tmp_path)
    await stage.start()
    yield stage
    await stage.stop()


async def choose(stage: WorkerStage, **terms: object) -> None:
    desk = stage.engine.policy
    mine = msgspec.convert(terms, PolicyTerms)
    await desk.set(PolicySet(mine, desk.result().revision, PIN), "panel 1 on ttys003")


async def refused(stage: WorkerStage, *scopes: str, **more: object) -> Code:
    with pytest.raises(WireError) as error:
        await stage.ask(PretendLine(), *scopes, **more)
    return error.value.code


async def granted(stage: WorkerStage, line: PretendLine, *scopes: str) -> None:
    asked = await stage.ask(line, *scopes)
    await stage.allow(stage.unlocked(), asked.request_id, proof=PIN, remember=Remember.HOUR)
    await stage.settled(line, asked.request_id)


async def test_what_is_refused_is_never_asked(held: WorkerStage) -> None:
    await choose(held, refused_scopes=["Mail.Read"], refused_resources=["https://vault.azure.net"])
    assert await refused(held, "mail.read") is Code.BLOCKED
    assert await refused(held, "X.Read", resource="https://VAULT.azure.net/") is Code.BLOCKED
    assert list(held.engine.core.book.pending()) == []
    assert (await held.ask(PretendLine(), "User.Read")).state is State.PENDING


async def test_tiers_lengths_and_waits_are_taken_up(held: WorkerStage) -> None:
    await choose(
        held,
        raised={"User.Read": "high"},
        once_clients=["/usr/local/bin/notes"],
        longest_remember="15m",
        longest_wait=30,
    )
    high = held.request((await held.ask(PretendLine(), "User.Read")).request_id)
    assert (high.tier, high.proof, high.scopes[0].tier) == (Tier.HIGH, Proof.PIN, Tier.HIGH)
    assert high.expires_at - high.created_at == 30
    low = held.request((await held.ask(PretendLine("other"), "openid")).request_id)
    assert low.remember_options == (Remember.ONCE, Remember.QUARTER)
    once = held.request((await held.ask(PretendLine("notes"), "openid")).request_id)
    assert once.remember_options == (Remember.ONCE,)


async def test_a_policy_survives_and_its_changes_are_audited(held: WorkerStage) -> None:
    await choose(held, refused_scopes=["Mail.Send"], notice=False)
    await choose(held, longest_wait=60)
    await held.crash()
    await held.start()
    result = held.engine.policy.result()
    assert (result.state, result.revision) == ("set", 2)
    assert result.policy == Policy(longest_wait=60)
    entries = await held.engine.housekeeping.tail(50)
    told = [
        (e.detail["rule"], e.detail.get("old", ""), e.detail.get("new", ""))
        for e in entries
        if e.event == "policy_changed"
    ]
    assert told == [
        ("notification", "on", "off"),
        ("scope Mail.Send", "", "refused"),
        ("scope Mail.Send", "refused", ""),
        ("longest wait", "300 s", "60 s"),
        ("notification", "off", "on"),
    ]
    assert all(e.detail["by"] for e in entries if e.event.startswith("policy_"))


async def test_a_policy_that_was_not_seen_is_not_replaced(held: WorkerStage) -> None:
    await choose(held, refused_scopes=["Mail.Send"])
    with pytest.raises(WireError) as error:
        await held.engine.policy.set(PolicySet(PolicyTerms(), 0, PIN), "another panel")
    assert error.value.code is Code.STALE_DIGEST
    assert held.engine.core.policy.refused_scopes == ("Mail.Send",)


@pytest.mark.parametrize(
    "terms",
    [
        {"refused_scopes": ["User.Read"]},
        {"refused_resources": ["https://graph.microsoft.com"]},
        {"raised": {"User.Read": "high"}},
        {"once_scopes": ["User.Read"]},
        {"once_clients": ["/usr/local/bin/notes"]},
        {"longest_remember": "15m"},
    ],
)
async def test_a_stricter_policy_ends_what_it_would_not_have_allowed(
    held: WorkerStage, terms: dict[str, object]
) -> None:
    line = PretendLine("notes")
    await granted(held, line, "User.Read")
    assert (await held.ask(line, "User.Read")).state is State.READY
    waiting = await held.ask(PretendLine("notes", process="1:other"), "User.Read", detach=True)
    assert waiting.state is State.READY
    await choose(held, **terms)
    assert held.engine.grants.all_live() == ()


async def test_what_a_policy_would_do_is_told_and_not_done(held: WorkerStage) -> None:
    await granted(held, PretendLine("notes"), "User.Read")
    await granted(held, PretendLine("other"), "openid")
    terms = PolicyTerms(raised={"User.Read": Tier.HIGH, "Mail.Send": Tier.HIGH})
    told = held.engine.policy.preview(PolicyPreview(terms, 0))
    live = {grant.id: grant.scopes for grant in held.engine.grants.all_live()}
    assert [live[id] for id in told.ending] == [("User.Read",)]
    assert told.tiers == {"User.Read": Tier.LOW, "Mail.Send": Tier.HIGH}
    assert len(live) == 2
    assert held.engine.policy.result().state == "default"
    await choose(held, raised={"User.Read": "high"})
    assert {grant.id for grant in held.engine.grants.all_live()} == live.keys() - set(told.ending)
    with pytest.raises(WireError) as error:
        held.engine.policy.preview(PolicyPreview(terms, 0))
    assert error.value.code is Code.STALE_DIGEST


async def test_a_grant_that_the_policy_leaves_lives_on(held: WorkerStage) -> None:
    line = PretendLine("notes")
    await granted(held, line, "User.Read")
    mine = PolicyTerms(
        refused_scopes=("Mail.Send",),
        raised={"Mail.Read": Tier.HIGH},
        longest_remember=Remember.HOUR,
    )
    result = await held.engine.policy.set(PolicySet(mine, 0, PIN), "panel 1 on ttys003")
    assert (result.state, result.revision) == ("set", 1)
    assert result.policy.refused_scopes == ("Mail.Send",)
    assert len(held.engine.grants.all_live()) == 1
    assert (await held.ask(line, "User.Read")).state is State.READY


async def test_what_was_asked_before_is_held_to_the_policy_of_now(held: WorkerStage) -> None:
    asked = await held.ask(PretendLine(), "User.Read")
    await choose(held, raised={"User.Read": "high"})
    with pytest.raises(WireError) as error:
        await held.allow(held.unlocked(), asked.request_id, proof=PIN)
    assert error.value.code is Code.FORBIDDEN
    assert held.exchange.wishes == []
    assert (await held.deny(held.session(), asked.request_id)).state is State.DENIED


# -- foreign hands


def write(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / "state.db")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def edit(folder: Path) -> None:
    loosened = """replace(CAST(body AS TEXT), '"Mail.Send"', '')"""
    write(folder, f"UPDATE policy SET body = CAST({loosened} AS BLOB)")  # noqa: S608


def take_away(folder: Path) -> None:
    write(folder, "DELETE FROM policy")


def take_away_with_its_audit(folder: Path) -> None:
    write(folder, "DELETE FROM policy", "DELETE FROM audit WHERE event LIKE 'policy%'")


def put_back(folder: Path) -> None:
    """The row of the first policy, sealed by the worker itself, comes back."""
    write(folder, "UPDATE policy SET (body, seal) = (SELECT body, seal FROM policy_before)")


def put_the_database_back(folder: Path) -> None:
    for name in ("state.db-wal", "state.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(folder / "before.db", folder / "state.db")


@pytest.mark.parametrize(
    "spoil", [edit, take_away, take_away_with_its_audit, put_back, put_the_database_back]
)
async def test_without_its_policy_nothing_is_allowed(
    held: WorkerStage, spoil: Callable[[Path], None]
) -> None:
    await choose(held, longest_wait=90)
    await held.stop()
    shutil.copy(held.folder / "state.db", held.folder / "before.db")
    write(held.folder, "CREATE TABLE policy_before AS SELECT * FROM policy")
    await held.start()
    await choose(held, refused_scopes=["Mail.Send"])
    line = PretendLine()
    await granted(held, line, "User.Read")
    await held.stop()
    spoil(held.folder)
    await held.start()
    assert held.engine.policy.result().state == "lost"
    assert "policy" in held.engine.note()
    assert held.engine.grants.all_live() == ()
    asked = await held.ask(PretendLine("other"), "Mail.Read")
    with pytest.raises(WireError) as error:
        await held.allow(held.unlocked(), asked.request_id, proof=PIN)
    assert error.value.code is Code.FORBIDDEN
    assert (await held.deny(held.session(), asked.request_id)).state is State.DENIED
    await choose(held, refused_scopes=["Mail.Send"])
    assert held.engine.policy.result().state == "set"
    assert "policy" not in held.engine.note()
    await held.crash()
    await held.start()
    assert held.engine.policy.result().state == "set"


async def test_root_s_new_pin_begins_with_what_is_built_in(held: WorkerStage) -> None:
    await choose(held, refused_scopes=["Mail.Send"])
    await held.engine.policy.restore("root")
    assert held.engine.core.policy.refused_scopes == ("Mail.Send",)
    await held.stop()
    take_away(held.folder)
    await held.start()
    await held.engine.policy.restore("root")
    assert held.engine.policy.result().state == "set"
    assert held.engine.core.policy == Policy()
