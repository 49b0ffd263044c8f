from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from textual import events
from textual.pilot import Pilot

from entraclaw_tui.dashboard.sheets.reason import ReasonSheet
from entraclaw_tui.dashboard.sheets.request import RequestSheet
from entraclaw_tui.dashboard.sheets.unlock import UnlockSheet
from entraclaw_tui.ipc.errors import Code, ConnectionLost, WireError
from entraclaw_tui.ipc.messages import Session
from entraclaw_tui.model.consent import Proof, Remember, Request, Scope, State, Tier
from tests.support.sheet_stage import (
    LOCKED,
    OPEN,
    PIN,
    TMUX,
    ScriptedLink,
    Stage,
    arm,
    asked,
    press,
    tap,
    token,
    until,
)


@asynccontextmanager
async def opened(
    *requests: Request,
    session: Session = OPEN,
    size: tuple[int, int] = (80, 24),
    readonly: bool = False,
) -> AsyncIterator[tuple[Pilot[None], Stage]]:
    link = ScriptedLink(*requests, session=session)

    def sheet(stage: Stage) -> RequestSheet:
        return RequestSheet(
            link, requests[0].id, stage.clock, readonly=readonly, monotonic=stage.monotonic
        )

    stage = Stage(link, sheet)  # type: ignore[arg-type]
    async with stage.run_test(size=size) as pilot:
        await pilot.pause()
        await pilot.pause()
        yield pilot, stage


# -- the low tier: a key


async def test_an_armed_key_allows_once() -> None:
    async with opened(asked()) as (pilot, stage):
        await arm(pilot, stage)
        await press(pilot, "A")
        await until(pilot, lambda: stage.link.decisions)
        (decision,) = stage.link.decisions
        assert decision.decision == "allow"
        assert decision.request == asked()
        assert (decision.proof, decision.remember) == ("", Remember.ONCE)
        await until(pilot, lambda: "Allowed." in stage.text)
        await press(pilot, "A")
        assert len(stage.link.decisions) == 1


@pytest.mark.parametrize(
    ("after_paint", "after_key", "works"),
    [(0.49, None, False), (0.51, None, True), (5.0, 0.29, False), (5.0, 0.31, True)],
)
async def test_allow_works_some_time_after_the_paint_and_after_the_last_key(
    after_paint: float, after_key: float | None, works: bool
) -> None:
    async with opened(asked()) as (pilot, stage):
        stage.now += after_paint
        if after_key is not None:
            await press(pilot, "z")
            stage.now += after_key
        await press(pilot, "A")
        await pilot.pause()
        assert bool(stage.link.allowed) is works
        if not works:
            await until(pilot, lambda: "Too soon" in stage.text)


@pytest.mark.parametrize("key", ["enter", "space", "a", "y", "tab"])
async def test_no_other_key_allows(key: str) -> None:
    async with opened(asked()) as (pilot, stage):
        await arm(pilot, stage)
        await press(pilot, key)
        stage.now += 1
        await press(pilot, key, key)
        await pilot.pause(0.15)
        assert stage.link.decisions == []


async def test_how_long_goes_round_the_offered_times() -> None:
    offered = (Remember.ONCE, Remember.QUARTER)
    async with opened(asked(remember_options=offered)) as (pilot, stage):
        assert "[once]" in stage.text
        await press(pilot, "t")
        assert "[15 min]" in stage.text
        assert "1 hour" not in stage.text
        await press(pilot, "t", "t")
        await arm(pilot, stage)
        await press(pilot, "A")
        await until(pilot, lambda: stage.link.allowed)
        assert stage.link.allowed[0].remember is Remember.QUARTER


async def test_a_pin_may_follow_the_choice_of_how_long_at_once() -> None:
    async with opened(asked(tier=Tier.MEDIUM, proof=Proof.PIN)) as (pilot, stage):
        await arm(pilot, stage)
        await press(pilot, "t", *PIN, "enter")
        stage.now += 0.4
        await until(pilot, lambda: stage.link.allowed)
        decision = stage.link.allowed[0]
        assert (decision.proof, decision.remember) == (PIN, Remember.QUARTER)


# -- nobody meant it


@pytest.mark.parametrize("tier", list(Tier))
async def test_a_typist_never_allows_whatever_pops_up(tier: Tier) -> None:
    text = "Ask Anna for 42 Apples 1n A jar 482911 \rAh A\r 10\r"
    names = {" ": "space", "\r": "enter"}
    async with opened(asked(tier=tier)) as (pilot, stage):
        for start in range(0, len(text), 5):
            for character in text[start:] + text[:start]:
                stage.now += 1 / 12
                await tap(pilot, names.get(character, character), character)
            # Gone while typing goes on, and back under the fingers.
            stage.pop_screen()
            stage.push_screen(stage.make(stage))
            await pilot.pause(0)
        assert stage.link.allowed == []
        if tier is Tier.LOW:  # the same keys do allow, where they are meant
            await arm(pilot, stage)
            await tap(pilot, "A", "A")
            assert len(stage.link.allowed) == 1


@pytest.mark.parametrize("tier", list(Tier))
@pytest.mark.parametrize("pasted", ["A", "A\n", "42\n", f"{PIN}\n", "d", "D\r\n"])
async def test_pasted_text_decides_nothing(tier: Tier, pasted: str) -> None:
    async with opened(asked(tier=tier)) as (pilot, stage):
        await arm(pilot, stage)
        stage.screen.post_message(events.Paste(pasted))
        await until(pilot, lambda: "Pasted text decides nothing" in stage.text)
        await press(pilot, "enter")
        stage.now += 1
        await pilot.pause(0.15)
        assert stage.link.decisions == []


async def test_what_arrives_never_changes_the_request_under_the_finger() -> None:
    async with opened(asked("r1")) as (pilot, stage):
        await arm(pilot, stage)
        stage.link.tell(request=asked("r2", claimed_name="other"))
        stage.told()
        await pilot.pause()
        assert "Request 1 of 2" in stage.text
        assert "other" not in stage.text
        await press(pilot, "A")
        await until(pilot, lambda: stage.link.allowed)
        assert stage.link.allowed[0].request.id == "r1"


async def test_a_request_that_changes_must_be_read_again() -> None:
    async with opened(asked()) as (pilot, stage):
        await arm(pilot, stage)
        changed = asked(digest="other", revision=2, resource="https://vault.azure.net")
        stage.link.tell(request=changed)
        stage.told()
        await press(pilot, "A")
        await pilot.pause()
        assert stage.link.decisions == []
        assert "vault.azure.net" in stage.text
        await arm(pilot, stage)
        await press(pilot, "A")
        await until(pilot, lambda: stage.link.allowed)
        assert stage.link.allowed[0].request == changed


async def test_an_equal_request_that_joins_is_no_change() -> None:
    async with opened(asked()) as (pilot, stage):
        await arm(pilot, stage)
        joined = asked(revision=2, merged=1)
        stage.link.tell(request=joined)
        stage.told()
        await press(pilot, "A")
        await until(pilot, lambda: stage.link.allowed)
        assert stage.link.allowed[0].request == joined


# -- medium and high


async def test_medium_takes_the_two_digits_and_enter() -> None:
    async with opened(asked(tier=Tier.MEDIUM)) as (pilot, stage):
        await arm(pilot, stage)
        await press(pilot, "A")
        assert "A alone is not enough" in stage.text
        stage.now += 1
        await press(pilot, "4", "enter")
        await pilot.pause(0.15)
        assert stage.link.decisions == []
        await press(pilot, "2", "7")
        assert "4" not in _field(stage)
        await press(pilot, "enter")
        stage.now += 0.31
        await until(pilot, lambda: stage.link.allowed)
        assert stage.link.allowed[0].proof == "42"


async def test_a_key_after_enter_takes_it_back() -> None:
    async with opened(asked(tier=Tier.MEDIUM)) as (pilot, stage):
        await arm(pilot, stage)
        await press(pilot, "4", "2", "enter", "j")
        stage.now += 1
        await pilot.pause(0.25)
        assert stage.link.decisions == []


async def test_high_takes_the_pin_alone_and_once_only() -> None:
    generous = asked(tier=Tier.HIGH, remember_options=tuple(Remember))
    async with opened(generous) as (pilot, stage):
        await press(pilot, "t")
        assert "Only once is offered here" in stage.text
        await arm(pilot, stage)
        await press(pilot, *PIN[:5], "enter")
        stage.now += 1
        await pilot.pause(0.15)
        assert stage.link.decisions == []
        await press(pilot, PIN[5], "enter")
        stage.now += 0.31
        await until(pilot, lambda: stage.link.allowed)
        decision = stage.link.allowed[0]
        assert (decision.proof, decision.remember) == (PIN, Remember.ONCE)


@pytest.mark.parametrize("tier", [Tier.LOW, Tier.MEDIUM])
async def test_where_keys_can_be_injected_the_pin_is_needed(tier: Tier) -> None:
    async with opened(asked(tier=tier), session=TMUX) as (pilot, stage):
        assert "tmux can press keys" in stage.text
        await arm(pilot, stage)
        await press(pilot, "A")
        stage.now += 1
        await press(pilot, "4", "2", "enter")
        stage.now += 1
        await pilot.pause(0.15)
        assert stage.link.decisions == []
        await press(pilot, "8", "2", "9", "1", "1", "enter")
        stage.now += 0.31
        await until(pilot, lambda: stage.link.allowed)
        assert stage.link.allowed[0].proof == "4282911"


async def test_no_digit_is_ever_shown() -> None:
    async with opened(asked(tier=Tier.HIGH)) as (pilot, stage):
        await arm(pilot, stage)
        await press(pilot, *"777777")
        await until(pilot, lambda: "\u25cf \u25cf \u25cf \u25cf \u25cf \u25cf" in stage.text)
        assert "7" not in _field(stage)
        await press(pilot, "backspace")
        assert "\u25cf \u25cf \u25cf \u25cf \u25cf _" in stage.text


def _field(stage: Stage) -> str:
    return next(line for line in stage.text.splitlines() if "ALLOWING" in line)


# -- refusals of the worker


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (WireError(Code.ALREADY_DECIDED, "Already denied by panel 9."), "Already denied by"),
        (WireError(Code.STALE_DIGEST, "It is not the one you saw."), "saw. Read it again"),
        (WireError(Code.WRONG_CODE, "These are not its digits."), "Look at the program"),
        (WireError(Code.WRONG_CODE, "These are not its digits.", "2 left."), "digits. 2 left."),
        (WireError(Code.LOCKED, "This panel is locked."), "Unlock first: press u."),
        (WireError(Code.LOCKED, "It starts.", "Wait a moment."), "It starts. Wait a moment."),
        (WireError(Code.STORAGE, "The disk is full."), "full. Nothing was decided."),
        (WireError(Code.WRONG_PIN, "x"), "Wrong PIN. Type it again."),
        (WireError(Code.FORBIDDEN, "Not from\x1b[2J here.", "Use a terminal."), "Use a terminal."),
        (ConnectionLost("The worker closed the connection."), "when the worker is back"),
        (RuntimeError(PIN), "RuntimeError"),
    ],
)
async def test_a_refusal_is_one_line_with_the_next_step(error: Exception, said: str) -> None:
    async with opened(asked(tier=Tier.MEDIUM), size=(100, 30)) as (pilot, stage):
        await arm(pilot, stage)
        stage.link.fails = error
        await press(pilot, "4", "2", "enter")
        stage.now += 0.31
        await until(pilot, lambda: said in stage.text)
        assert "\x1b" not in stage.text
        assert PIN not in stage.text
        assert "\u25cf" not in stage.text


async def test_after_a_wrong_pin_it_counts_the_seconds_to_the_next_try() -> None:
    async with opened(asked(tier=Tier.HIGH)) as (pilot, stage):
        await arm(pilot, stage)
        stage.link.fails = WireError(Code.WRONG_PIN, "x", retry_after=4.0)
        await press(pilot, *PIN, "enter")
        stage.now += 0.31
        await until(pilot, lambda: "Wrong PIN. Next try in 4 s." in stage.text)
        await arm(pilot, stage)
        await press(pilot, *PIN, "enter")
        await until(pilot, lambda: "Next try in 4 s" in stage.text)
        stage.now += 1
        await pilot.pause(0.15)
        assert len(stage.link.allowed) == 1
        stage.wall += 4.1
        await press(pilot, "enter")
        stage.now += 0.31
        await until(pilot, lambda: len(stage.link.allowed) == 2)


# -- denying


@pytest.mark.parametrize("tier", list(Tier))
async def test_deny_works_at_once_even_while_typing(tier: Tier) -> None:
    async with opened(asked(tier=tier), session=LOCKED) as (pilot, stage):
        await press(pilot, "4", "8", "d")
        await until(pilot, lambda: stage.link.denied)
        await until(pilot, lambda: "Denied. The program has been told." in stage.text)


async def test_deny_always_blocks_the_program() -> None:
    async with opened(asked()) as (pilot, stage):
        await press(pilot, "D")
        await until(pilot, lambda: stage.link.blocked)
        assert len(stage.link.denied) == 1
        assert stage.link.blocked == [asked().requester.identity]
        await until(pilot, lambda: "blocked: it can ask no more" in stage.text)


async def test_deny_with_a_reason() -> None:
    async with opened(asked()) as (pilot, stage):
        await press(pilot, "m")
        await until(pilot, lambda: isinstance(stage.screen, ReasonSheet))
        await press(pilot, "down", "enter")
        await until(pilot, lambda: stage.link.denied)
        assert stage.link.denied[0].reason == "I did not start this."


async def test_leaving_the_reason_decides_nothing() -> None:
    async with opened(asked()) as (pilot, stage):
        await press(pilot, "m")
        await until(pilot, lambda: isinstance(stage.screen, ReasonSheet))
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(stage.screen, RequestSheet))
        assert stage.link.decisions == []


# -- locked


@pytest.mark.parametrize("key", ["u", "A"])
async def test_a_locked_session_is_unlocked_first(key: str) -> None:
    async with opened(asked(), session=LOCKED) as (pilot, stage):
        assert "Unlock first: press u." in stage.text
        await arm(pilot, stage)
        await press(pilot, key)
        await until(pilot, lambda: isinstance(stage.screen, UnlockSheet))
        await press(pilot, *PIN, "enter")
        await until(pilot, lambda: isinstance(stage.screen, RequestSheet))
        assert stage.link.pins == [PIN]
        await press(pilot, "A")
        await pilot.pause()
        assert stage.link.allowed == []  # the sheet came back just now
        await arm(pilot, stage)
        await press(pilot, "A")
        await until(pilot, lambda: stage.link.allowed)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"may_allow": False, "refusal": "This is the program itself."}, "only deny"),
        ({"pin_state": "missing"}, "No PIN is set"),
        ({"pin_state": "damaged"}, "damaged"),
        ({"pin_state": "unknown"}, "has not read your PIN yet"),
    ],
)
async def test_a_session_that_may_not_allow_says_why_and_can_deny(
    changes: dict[str, object], said: str
) -> None:
    session = msgspec.structs.replace(LOCKED, **changes)
    async with opened(asked(), session=session) as (pilot, stage):
        assert said in stage.text
        await arm(pilot, stage)
        await press(pilot, "A", "u")
        await pilot.pause()
        assert isinstance(stage.screen, RequestSheet)
        assert stage.link.decisions == []
        await press(pilot, "d")
        await until(pilot, lambda: stage.link.denied)


async def test_a_session_that_locks_while_the_pin_is_typed_sends_nothing() -> None:
    async with opened(asked(tier=Tier.HIGH)) as (pilot, stage):
        await arm(pilot, stage)
        await press(pilot, *PIN, "enter")
        stage.link.tell(session=LOCKED)
        stage.told()
        stage.now += 1
        await pilot.pause(0.25)
        assert stage.link.decisions == []


# -- the window


@pytest.mark.parametrize(
    ("size", "works"), [((60, 15), False), ((59, 24), False), ((60, 16), True)]
)
async def test_a_small_window_takes_allow_away(size: tuple[int, int], works: bool) -> None:
    async with opened(asked(), size=size) as (pilot, stage):
        for _ in range(10):
            await press(pilot, "j")
        await arm(pilot, stage)
        await press(pilot, "A")
        await pilot.pause()
        assert bool(stage.link.allowed) is works
        assert ("Allow is off below 60x16" in stage.text) is not works


async def test_every_permission_must_have_been_visible() -> None:
    scopes = tuple(Scope(f"Things.Read.{n}", Tier.LOW, f"read thing {n}") for n in range(20))
    async with opened(asked(scopes=scopes)) as (pilot, stage):
        assert "more below (j)" in stage.text
        assert "permissions" in stage.text
        await arm(pilot, stage)
        await press(pilot, "A")
        await pilot.pause()
        assert stage.link.allowed == []
        for _ in range(30):
            await press(pilot, "down")
        await until(pilot, lambda: "Things.Read.19" in stage.text)
        await arm(pilot, stage)
        await press(pilot, "A")
        await until(pilot, lambda: stage.link.allowed)


async def test_jumping_over_a_permission_does_not_count() -> None:
    scopes = tuple(Scope(f"Things.Read.{n}", Tier.LOW, f"read thing {n}") for n in range(20))
    async with opened(asked(scopes=scopes), size=(60, 16)) as (pilot, stage):
        sheet = stage.screen
        assert isinstance(sheet, RequestSheet)
        sheet.action_scroll(500)
        await arm(pilot, stage)
        await press(pilot, "A")
        await until(pilot, lambda: "not seen." in stage.text)
        assert stage.link.allowed == []


# -- what happens meanwhile and afterwards


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": State.DENIED, "decided_by": "panel 99 on ttys004"}, "elsewhere by panel 99"),
        ({"state": State.EXPIRED}, "nobody decided in time"),
        ({"state": State.CANCELLED}, "withdrew"),
        ({"state": State.APPROVED, "decision": "allow"}, "Allowed elsewhere"),
        ({"state": State.APPROVED, "decided_by": "grant"}, "Allowed by a grant"),
    ],
)
async def test_what_is_decided_elsewhere_is_said_and_no_key_decides(
    changes: dict[str, object], said: str
) -> None:
    async with opened(asked("r1"), asked("r2")) as (pilot, stage):
        await arm(pilot, stage)
        stage.link.tell(request=msgspec.structs.replace(asked("r1"), revision=2, **changes))
        stage.told()
        await until(pilot, lambda: said in stage.text)
        await press(pilot, "A", "d", "enter")
        await pilot.pause()
        assert stage.link.decisions == []
        await press(pilot, "escape")
        await until(pilot, lambda: not isinstance(stage.screen, RequestSheet))


async def test_it_follows_its_own_request_to_the_token_and_n_opens_the_next() -> None:
    async with opened(asked("r1"), asked("r2", claimed_name="second")) as (pilot, stage):
        await press(pilot, "n")
        assert "First this one" in stage.text
        await arm(pilot, stage)
        await press(pilot, "A")
        await until(pilot, lambda: "Getting the token" in stage.text)
        done = asked("r1", state=State.DELIVERED, revision=5, decision="allow")
        stage.link.tell(token=token("r1"))
        stage.link.tell(request=done)
        stage.told()
        await until(pilot, lambda: "The program has its token." in stage.text)
        assert "Valid for 59 min, kept in memory, exchanged in 212 ms." in stage.text
        stage.now += 5
        await press(pilot, "n")
        await until(pilot, lambda: "second" in stage.text)
        await press(pilot, "A")
        await pilot.pause()
        assert len(stage.link.allowed) == 1  # it was painted just now
        await arm(pilot, stage)
        await press(pilot, "A")
        await until(pilot, lambda: len(stage.link.allowed) == 2)
        assert stage.link.allowed[1].request.id == "r2"


async def test_a_failed_exchange_says_why_and_what_next() -> None:
    failed = asked(
        state=State.FAILED,
        revision=3,
        decision="allow",
        outcome_code="consent_needed",
        outcome_text="The directory has not consented. (AADSTS65001) Ask its administrator.",
    )
    async with opened(asked()) as (pilot, stage):
        await arm(pilot, stage)
        await press(pilot, "A")
        await until(pilot, lambda: "Getting the token" in stage.text)
        stage.link.tell(request=failed)
        stage.told()
        await until(pilot, lambda: "But no token came." in stage.text)
        assert "AADSTS65001" in stage.text
        assert "administrator" in stage.text
        assert "directory missing" in stage.text


async def test_time_runs_out_in_seconds_and_then_nothing_allows() -> None:
    async with opened(asked()) as (pilot, stage):
        assert "ends in 1:42" in stage.text
        stage.wall += 92
        await until(pilot, lambda: "ends in 0:10" in stage.text)
        stage.wall += 20
        await arm(pilot, stage)
        await press(pilot, "A")
        await until(pilot, lambda: "Its time is over." in stage.text)
        assert stage.link.decisions == []


async def test_a_lost_worker_is_explained_and_nothing_is_sent() -> None:
    async with opened(asked()) as (pilot, stage):
        stage.link.lose("The worker closed the connection.")
        stage.told()
        await arm(pilot, stage)
        await press(pilot, "A")
        await press(pilot, "d")
        await until(pilot, lambda: "Nothing can be decided: The worker closed" in stage.text)
        assert stage.link.decisions == []


async def test_readonly_only_looks() -> None:
    async with opened(asked(), readonly=True) as (pilot, stage):
        await arm(pilot, stage)
        await press(pilot, "A", "d", "D", "m", "u")
        await pilot.pause()
        assert "--readonly" in stage.text
        assert stage.link.decisions == []
        assert isinstance(stage.screen, RequestSheet)


async def test_a_decision_goes_its_way_when_the_sheet_is_left() -> None:
    async with opened(asked()) as (pilot, stage):
        stage.link.answers_after.clear()
        await press(pilot, "D")
        await until(pilot, lambda: stage.link.denied)
        await press(pilot, "escape")
        await until(pilot, lambda: not isinstance(stage.screen, RequestSheet))
        stage.link.answers_after.set()
        await until(pilot, lambda: stage.link.blocked)


async def test_while_one_decision_is_on_its_way_no_other_is_sent() -> None:
    async with opened(asked()) as (pilot, stage):
        await arm(pilot, stage)
        stage.link.answers_after.clear()
        await press(pilot, "A")
        await until(pilot, lambda: stage.link.decisions)
        stage.now += 1
        await press(pilot, "A", "d", "D")
        stage.link.answers_after.set()
        await until(pilot, lambda: "Allowed." in stage.text)
        assert len(stage.link.decisions) == 1


async def test_an_unknown_request_is_said() -> None:
    link = ScriptedLink()
    stage = Stage(link, lambda s: RequestSheet(link, "gone", s.clock))  # type: ignore[arg-type,return-value]
    async with stage.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "does not know this request" in stage.text)
        await press(pilot, "A", "d", "n", "4", "enter", "t")
        assert link.decisions == []


HOSTILE = [
    "\x1b]52;c;aGk=\x07\x1b[2J\x1b[?1049l",
    "[/nope] [@click=screen.allow]press[/] [bold",
    "\u202eexe.txt\u2066\u200b\ufeff\u2028\x85\x9b31m\x00\x7f",
    "\ud800 \U000e0041 a\u0301\u0301\u0301 \u4f60\u597d \U0001f469\u200d\U0001f4bb",
    "line\nline\tline\r\nline",
    "x" * 900,
    "",
]


def _everything(text: str) -> Request:
    """A request whose every text is hostile, also those that the system or the worker gives."""
    plain = asked(tier=Tier.HIGH, merged=3, new_client=True)
    who = plain.requester
    signature = msgspec.structs.replace(
        who.signature, status=text, identifier=text, team=text, authority=(text,)
    )
    parents = tuple(msgspec.structs.replace(p, name=text) for p in who.parents)
    who = msgspec.structs.replace(
        who,
        user=text,
        executable=text,
        signature=signature,
        parents=parents,
        terminal=text,
        verified_by=text,
        identity=text,
        is_interpreter=True,
    )
    scopes = tuple(Scope(text, Tier.HIGH, text, False, True) for _ in range(3))
    changes: dict[str, object] = dict.fromkeys(
        [
            "flow",
            "agent",
            "tenant",
            "account",
            "resource",
            "claimed_name",
            "claimed_version",
            "reason",
            "decided_by",
            "outcome_code",
            "outcome_text",
        ],
        text,
    )
    return msgspec.structs.replace(plain, requester=who, scopes=scopes, **changes)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("size", [(80, 24), (60, 16), (24, 6)], ids=["80x24", "60x16", "24x6"])
async def test_hostile_text_is_only_text(text: str, size: tuple[int, int]) -> None:
    hostile = _everything(text)
    session = msgspec.structs.replace(TMUX, injectable_by=text, refusal=text)
    async with opened(hostile, session=session, size=size) as (pilot, stage):
        seen = stage.text
        for _ in range(40):
            await tap(pilot, "j", "j")
            seen += stage.text
        for state in (State.FAILED, State.DENIED, State.CANCELLED, State.DELIVERED):
            stage.link.tell(request=msgspec.structs.replace(hostile, state=state, revision=9))
            stage.link.tell(token=msgspec.structs.replace(token(), kept_in=text))
            stage.told()
            await pilot.pause()
            seen += stage.text
        assert _unseen(seen) == set()
        assert stage.link.decisions == []


def _unseen(text: str) -> set[str]:
    bad = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return {c for c in text if c != "\n" and unicodedata.category(c) in bad}


async def test_the_keys_of_the_sheet_are_shown_on_question_mark() -> None:
    async with opened(asked()) as (pilot, stage):
        await press(pilot, "question_mark")
        await until(pilot, lambda: "Deny it and block the program" in stage.text)
        await press(pilot, "escape")
        await until(pilot, lambda: isinstance(stage.screen, RequestSheet))


@pytest.mark.parametrize("width", [40, 50, 59])
async def test_a_narrow_window_cuts_no_key(width: int) -> None:
    async with opened(asked(), size=(width, 20)) as (pilot, stage):
        await arm(pilot, stage)
        for told in ("deny", "always", "reason", "off", "later", "[once]"):
            assert told in stage.text
