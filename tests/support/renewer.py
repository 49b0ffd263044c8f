"""A person's stand-in with a terminal of its own: unlock, then throw all tokens away at each Enter.

usage: renewer.py SOCKET PIN
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support.raw_client import RawClient


def main() -> None:
    path, pin = sys.argv[1:]
    client = RawClient(path)
    client.hello("renewer")
    client.result("session.unlock", pin=pin)
    print("unlocked")
    for number, _ in enumerate(sys.stdin, 1):
        client.result("session.touch")
        client.result("exchange.refresh")
        print(f"thrown away: {number}.")


if __name__ == "__main__":
    main()
