"""Sign-in by device code, at the authority."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

from entraclaw_tui.demo.entra.devices import confirm_device
from entraclaw_tui.demo.entra.endpoints import Authority
from entraclaw_tui.demo.entra.state import UPN, Provisioned
from entraclaw_tui.macos.host import Host

Fields = dict[str, object]


def post(authority: Authority, pro: Provisioned, path: str, form: dict[str, str]) -> Fields:
    body = urlencode(form).encode()
    reply = authority.answer("POST", f"/{pro.tenant}/oauth2/{path}", {}, body)
    return msgspec.json.decode(reply.body, type=Fields)


def begin(authority: Authority, pro: Provisioned) -> Fields:
    form = {"client_id": pro.public_client_id, "scope": f"{pro.api_scope} openid offline_access"}
    return post(authority, pro, "v2.0/devicecode", form)


def poll(authority: Authority, pro: Provisioned, codes: Fields) -> Fields:
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "client_id": pro.public_client_id,
        "device_code": str(codes["device_code"]),
    }
    return post(authority, pro, "v2.0/token", form)


def test_waits_for_the_person_and_counts_once(
    authority: Authority, host: Host, provisioned: Provisioned, now: list[float]
) -> None:
    codes = begin(authority, provisioned)
    assert str(codes["user_code"]) in str(codes["message"])
    assert poll(authority, provisioned, codes)["error"] == "authorization_pending"
    assert not confirm_device(host, "WRONGCODE", UPN, now[0])
    assert confirm_device(host, str(codes["user_code"]).lower(), UPN, now[0])
    answer = poll(authority, provisioned, codes)
    assert "access_token" in answer
    assert "refresh_token" in answer
    assert poll(authority, provisioned, codes)["error"] == "bad_verification_code"


def test_the_page_confirms_and_declines(authority: Authority, provisioned: Provisioned) -> None:
    path = f"/{provisioned.tenant}/oauth2/deviceauth"
    page = authority.answer("GET", path, {}, b"")
    assert page.kind.startswith("text/html")
    assert UPN.encode() in page.body
    for answer, error in (("yes", None), ("no", "authorization_declined")):
        codes = begin(authority, provisioned)
        form = {"code": str(codes["user_code"]), "account": UPN, "answer": answer}
        assert authority.answer("POST", path, {}, urlencode(form).encode()).status == 200
        assert poll(authority, provisioned, codes).get("error") == error
    assert authority.answer("POST", path, {}, urlencode(form).encode()).status == 400


def test_a_code_expires(
    authority: Authority, host: Host, provisioned: Provisioned, now: list[float]
) -> None:
    codes = begin(authority, provisioned)
    now[0] += 901
    assert poll(authority, provisioned, codes)["error"] == "expired_token"
    assert not confirm_device(host, str(codes["user_code"]), UPN, now[0])
