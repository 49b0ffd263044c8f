"""The page on which a person confirms a device code."""

from __future__ import annotations

import html

from entraclaw_tui.demo.entra.directory import Directory

KIND = "text/html; charset=utf-8"

_FRAME = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Demo sign-in</title>
<style>body{{font:16px system-ui;max-width:26rem;margin:4rem auto}}
input,select,button{{font:inherit;padding:.4rem;margin:.3rem 0}}</style>
<h1>Demo sign-in</h1>{body}</html>"""


def ask(directory: Directory) -> bytes:
    """Return the form."""
    people = "".join(f"<option>{html.escape(user.upn)}</option>" for user in directory.users)
    return _page(
        "<p>This is the pretend Entra of a demo, on this machine alone.</p>"
        '<form method="post"><label>Code <input name="code" autofocus autocomplete="off"></label>'
        f'<br><label>Account <select name="account">{people}</select></label><br>'
        '<button name="answer" value="yes">Sign in</button> '
        '<button name="answer" value="no">Decline</button></form>'
    )


def told(done: bool, declined: bool) -> bytes:
    """Return what came of it."""
    if not done:
        return _page("<p>No sign-in waits under this code. It may have expired.</p>")
    return _page(f"<p>{'Declined.' if declined else 'Signed in.'} You can close this page.</p>")


def _page(body: str) -> bytes:
    return _FRAME.format(body=body).encode()
