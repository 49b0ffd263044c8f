"""Who can read an item: both gates, in plain words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from entraclaw_tui.macos.host import Host
from entraclaw_tui.macos.keychain_readers import (
    Caller,
    Readers,
    judge,
    partition_of,
    partition_words,
    read_readers,
)
from entraclaw_tui.model.keychain import Access, KeychainItem, Program
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.model.source import Empty, Failed, Loaded

Tool = Callable[[str, str], Path]
PYTHON = "/opt/homebrew/bin/python3.14"
HASH = "a" * 40
CALLER = Caller(PYTHON, Signature(PYTHON, "adhoc", "python3.14", cdhash=HASH))


def told(access: Access | None, version: int = 512, caller: Caller = CALLER) -> Readers:
    item = KeychainItem("/k", "genp", "s", "key:notes:v1", access=access)
    return judge(item, version, caller)


def listed(state: str = "ok", *partitions: str, path: str = PYTHON) -> Access:
    return Access(programs=(Program(path, state),), partitions=partitions)


@pytest.mark.parametrize(
    ("access", "version", "reads"),
    [
        (listed("ok", f"cdhash:{HASH}"), 512, True),
        (listed("ok", "cdhash:" + "7" * 40), 512, False),
        # Partitions count from version 512 on.
        (listed("ok", "cdhash:" + "7" * 40), 256, True),
        (listed("changed", f"cdhash:{HASH}"), 512, False),
        (listed("gone", f"cdhash:{HASH}"), 512, False),
        (listed("ok", f"cdhash:{HASH}", path="/usr/bin/security"), 512, False),
        (Access(anyone=True), 512, True),
        (Access(anyone=True, partitions=("apple-tool:",)), 512, False),
        (Access(programs=(Program(PYTHON, "ok"),), asks_password=True), 512, False),
        (Access(), 512, False),
        (Access(told=False), 512, None),
        (None, 512, None),
    ],
)
def test_both_gates(access: Access | None, version: int, reads: bool | None) -> None:
    assert told(access, version).agent_reads is reads


def test_without_a_job_or_a_signature_nothing_is_claimed() -> None:
    unread = Signature(PYTHON, "unverified")
    assert told(listed("ok", f"cdhash:{HASH}"), caller=Caller(PYTHON, unread)).agent_reads is None
    assert told(listed(), caller=Caller("", unread)).agent_reads is None


def test_the_words_name_whoever_gets_in() -> None:
    lines = "\n".join(told(listed("ok", f"cdhash:{HASH}")).lines)
    assert PYTHON in lines
    assert "one build of a program (aaaaaaaaaaaa...)" in lines
    # Other scripts of the same Python are the agent as far as the Keychain knows.
    assert "Every script that python3.14 runs" in lines
    tool = "\n".join(told(listed("ok", "apple-tool:", path="/usr/bin/security")).lines)
    assert "whatever program runs it" in tool
    assert told(Access(anyone=True)).lines[0].startswith("Any program")


def test_the_maker_is_the_first_of_the_list() -> None:
    assert told(listed()).maker == PYTHON
    assert told(Access()).maker == ""


@pytest.mark.parametrize(
    ("signature", "partition"),
    [
        (Signature("x", "unsigned"), "unsigned:"),
        (Signature("x", "adhoc", cdhash="ABC"), "cdhash:abc"),
        (Signature("x", "valid", team="A1B2C3D4E5"), "teamid:A1B2C3D4E5"),
        (
            Signature("x", "valid", "com.apple.security", authority=("Software Signing",)),
            "apple-tool:",
        ),
        (Signature("x", "valid", "com.apple.python3", authority=("Software Signing",)), "apple:"),
        (Signature("x", "unverified"), ""),
    ],
)
def test_partitions(signature: Signature, partition: str) -> None:
    assert partition_of(signature) == partition


def test_a_partition_that_we_do_not_know_keeps_its_name() -> None:
    assert partition_words("new-kind:x") == "new-kind:x"


DUMP = """\
keychain: "/k"
version: {version}
class: "genp"
attributes:
    "acct"<blob>="key:notes:v1"
    "svce"<blob>="com.entraclaw.agent"
    "icmt"<blob>="never shown"
access: 2 entries
    entry 0:
        authorizations (2): decrypt sign
        don't-require-password
        description: com.entraclaw.agent
        applications (1):
            0: /opt/python3.14 (status -67068)
    entry 1:
        authorizations (1): partition_id
        don't-require-password
        description: cdhash:77
        applications: <null>
"""


async def test_the_tool_is_asked_for_the_lists(mac: Host, tool: Tool) -> None:
    dump = DUMP.format(version=512)
    tool("/usr/bin/security", f"test \"$1 $2\" = 'dump-keychain -a' || exit 1\ncat <<'X'\n{dump}X")
    found = await read_readers(mac)
    assert isinstance(found, Loaded)
    (readers,) = found.value
    assert readers.item.account == "key:notes:v1"
    assert readers.maker == "/opt/python3.14"
    assert "/opt/python3.14, which is not there" in readers.lines
    assert "never shown" not in repr(readers)


async def test_refusals_are_explained(mac: Host, tool: Tool) -> None:
    assert isinstance(await read_readers(mac), Failed)
    tool("/usr/bin/security", "exit 36")
    refused = await read_readers(mac)
    assert isinstance(refused, Failed)
    assert "locked" in refused.reason
    tool("/usr/bin/security", "exit 0")
    assert isinstance(await read_readers(mac), Empty)
