"""A close look at Keychain items and privacy rows: what is told, what is not, at every size."""

from __future__ import annotations

import msgspec
import pytest

from entraclaw_tui.model.keychain import Keychain, KeychainState
from entraclaw_tui.model.privacy import Privacy, PrivacyGrant
from entraclaw_tui.model.source import Empty, Failed, Loaded
from tests.snapshot.conftest import Look
from tests.support import closer
from tests.support.panel import (
    NOW,
    Stage,
    always,
    item,
    keychain,
    privacy,
    snapshot,
    sources,
    worker,
)

SIZES = ["120x40", "80x24", "60x15"]
OLD_PYTHON = "/opt/homebrew/Cellar/python@3.13/3.13.1/bin/python3.13"


def at(
    held: Keychain | Empty | Failed,
    close: closer.Closeness | None = None,
    *,
    locked: bool = False,
) -> Stage:
    answer = Loaded(held, NOW) if isinstance(held, Keychain) else held
    close = close or closer.Closeness()
    mac = sources(keychain=always(answer), closer=close.closer())
    first = snapshot(worker=worker(keychain="locked" if locked else "ok"))
    return Stage(mac=mac, first=first)


def allowed(told: Privacy | Empty | Failed, close: closer.Closeness | None = None) -> Stage:
    answer = Loaded(told, NOW) if isinstance(told, Privacy) else told
    close = close or closer.Closeness()
    return Stage(mac=sources(privacy=always(answer), closer=close.closer()))


# -- Keychain


@pytest.mark.parametrize("size", SIZES)
def test_item_before_anybody_asked(look: Look, size: str) -> None:
    assert look(at(keychain()), size, "5", "enter")


@pytest.mark.parametrize("size", SIZES)
def test_item_that_the_agent_reads(look: Look, size: str) -> None:
    close = closer.Closeness(Loaded(closer.readers_of(keychain().items), NOW))
    assert look(at(keychain(), close), size, "5", "j", "enter", "w")


@pytest.mark.parametrize("size", SIZES)
def test_item_of_another_program(look: Look, size: str) -> None:
    foreign = closer.readers_of(keychain().items, made_by=OLD_PYTHON)
    assert look(at(keychain(), closer.Closeness(Loaded(foreign, NOW))), size, "5", "enter", "w")


def test_item_whose_readers_were_not_told(look: Look) -> None:
    hung = Failed("/usr/bin/security did not answer within 20 s", "Look at the Mac's screen.")
    assert look(at(keychain(), closer.Closeness(hung)), "80x24", "5", "enter", "w")


@pytest.mark.parametrize("size", SIZES)
def test_keychain_locked(look: Look, size: str) -> None:
    held = msgspec.structs.replace(keychain(), state=closer.LOCKED)
    assert look(at(held, locked=True), size, "5", "s")


def test_keychain_locked_in_the_pane(look: Look) -> None:
    held = msgspec.structs.replace(keychain(), state=closer.LOCKED)
    assert look(at(held, locked=True), "80x24", "5")


def test_keychain_that_locks_by_itself(look: Look) -> None:
    state = KeychainState(False, True, 300, closer.SEARCH)
    assert look(at(msgspec.structs.replace(keychain(), state=state)), "80x24", "5", "s")


@pytest.mark.parametrize("size", SIZES)
def test_keychain_overfull(look: Look, size: str) -> None:
    many = tuple(item(f"token:research-bot:g{n}", n % 40) for n in range(5000))
    held = Keychain(keychain().path, many, 12_345, closer.OPEN)
    assert look(at(held), size, "5", "G")


@pytest.mark.parametrize("size", ["80x24", "60x15"])
@pytest.mark.parametrize("state", ["empty", "failed"])
def test_keychain_without_items(look: Look, size: str, state: str) -> None:
    told: dict[str, Empty | Failed] = {
        "empty": Empty("The login keychain has no items."),
        "failed": Failed(
            "/usr/bin/security did not answer within 10 s",
            "Somebody may have to answer a question at the Mac's screen.",
        ),
    }
    assert look(at(told[state]), size, "5")


# -- privacy


@pytest.mark.parametrize("size", SIZES)
def test_row_that_fits(look: Look, size: str) -> None:
    assert look(allowed(privacy()), size, "6", "j", "enter")


@pytest.mark.parametrize("size", SIZES)
def test_row_of_an_older_build(look: Look, size: str) -> None:
    assert look(allowed(privacy(), closer.Closeness(match=closer.older)), size, "6", "enter")


def test_row_for_one_run(look: Look) -> None:
    once = msgspec.structs.replace(privacy().grants[1], state="this run only")
    assert look(allowed(Privacy((once,), "read", "read")), "80x24", "6", "enter")


def test_row_from_the_list_of_macos_27(look: Look) -> None:
    assert look(allowed(Privacy((_listed(),), "listed", "denied")), "80x24", "6", "enter")


@pytest.mark.parametrize(
    ("state", "size"),
    [
        ("read by the worker", "80x24"),
        ("absent", "80x24"),
        ("damaged", "80x24"),
        ("listed", "80x24"),
        ("denied", "80x24"),
        ("denied", "60x15"),
        ("denied", "120x40"),
    ],
)
def test_databases(look: Look, state: str, size: str) -> None:
    by = "worker" if state == "read by the worker" else ""
    user = "read" if by else state
    rows = (_listed(),) if state == "listed" else privacy().grants
    assert look(allowed(Privacy(rows, user, "read", by)), size, "6", "s")


@pytest.mark.parametrize("state", ["empty", "refused", "no row"])
@pytest.mark.parametrize("size", ["80x24", "60x15"])
def test_privacy_without_rows(look: Look, size: str, state: str) -> None:
    told: dict[str, Privacy | Empty | Failed] = {
        "empty": Empty("This Mac has no privacy database where we know to look."),
        "refused": Failed(
            "macOS lets neither this terminal nor the worker read them.",
            f"Allow Full Disk Access for {closer.PYTHON}: the worker then reads them for the "
            "panel.",
        ),
        "no row": Privacy((), "read", "read"),
    }
    assert look(allowed(told[state]), size, "6")


@pytest.mark.parametrize("size", SIZES)
def test_privacy_overfull(look: Look, size: str) -> None:
    base = privacy().grants
    many = tuple(
        msgspec.structs.replace(base[n % 3], client=f"/opt/tools/bin/helper-{n}")
        for n in range(5000)
    )
    assert look(allowed(Privacy(many, "read", "read")), size, "6", "G")


def _listed() -> PrivacyGrant:
    return PrivacyGrant(
        "kTCCServiceCamera",
        "Camera",
        "com.example.recorder",
        False,
        "granted",
        "",
        None,
        "user",
        listed=True,
    )
