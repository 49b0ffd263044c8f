"""`sfltool dumpbtm`: what may start in the background, and what was switched off."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from entraclaw_tui.macos.login_items import parse_dumpbtm

DUMP = """\
========================
 Records for UID -2 : FFFFEEEE-DDDD-CCCC-BBBB-AAAAFFFFFFFE
========================

 ServiceManagement migrated: true

 Items:

 #1:
                 UUID: F795003E
                 Name: Example
       Developer Name: Example Developer
                 Type: developer (0x20)
                Flags: [  ] (0)
          Disposition: [disabled, allowed, not notified] (0x2)
           Identifier: Example Developer
                  URL: (null)
  Embedded Item Identifiers:
    #1: 8.com.entraclaw.agent
    #2: 16.com.example.other

========================
 Records for UID 501 : ABCD-EF01
========================

 Items:

 #1:
                 Name: python3.14
      Team Identifier: ABCDE12345
                 Type: legacy agent (0x10008)
          Disposition: [enabled, disallowed, notified] (0x9)
           Identifier: 8.com.entraclaw.agent
                  URL: file:///Users/demo/Library/LaunchAgents/com.entraclaw.agent.plist
      Executable Path: /opt/homebrew/bin/python3.14
    Assoc. Bundle IDs: [ com.example.one, com.example.two ]

 #2:
                 Name: half
"""


def test_records() -> None:
    developer, agent, half = parse_dumpbtm(DUMP)
    assert (developer.uid, developer.kind, developer.url) == (-2, "developer", "")
    assert developer.embedded == ("8.com.entraclaw.agent", "16.com.example.other")
    assert developer.label == "Example Developer"
    assert (agent.uid, agent.kind, agent.label) == (501, "legacy agent", "com.entraclaw.agent")
    assert (agent.enabled, agent.allowed, agent.switched_off) == (True, False, True)
    assert agent.team == "ABCDE12345"
    assert agent.bundles == ("com.example.one", "com.example.two")
    assert agent.executable == "/opt/homebrew/bin/python3.14"
    assert ("Type", "legacy agent (0x10008)") in agent.raw
    assert (half.enabled, half.allowed, half.switched_off) == (None, None, False)


def test_all_on() -> None:
    text = (
        " #1:\n   Disposition: [enabled, allowed, notified] (0xb)\n   Identifier: 2.com.example\n"
    )
    (item,) = parse_dumpbtm(text)
    assert item.uid is None
    assert not item.switched_off
    assert item.label == "com.example"


@given(st.one_of(st.text(), st.integers(0, len(DUMP)).map(lambda end: DUMP[:end])))
def test_any_text_is_taken(text: str) -> None:
    for item in parse_dumpbtm(text):
        assert item.switched_off in (True, False)
