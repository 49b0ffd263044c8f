"""A configuration profile that allows the agent's program what it needs (PPPC).

Keys and rules: Apple's device-management schema, payload
com.apple.TCC.configuration-profile-policy. The seven keys of an identity stand in each entry of
the ARRAY of a service; exactly one of `Allowed` and `Authorization` (macOS 11) is there.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence

from entraclaw_tui.cli.generating.made import Made, Refused, as_plist
from entraclaw_tui.macos.places import LABEL
from entraclaw_tui.macos.tcc_services import PREFIX, service
from entraclaw_tui.model.privacy import Signature

PAYLOAD = "com.apple.TCC.configuration-profile-policy"
ALLOWABLE = (
    "AddressBook",
    "BluetoothAlways",
    "Calendar",
    "FileProviderPresence",
    "MediaLibrary",
    "Photos",
    "PostEvent",
    "Reminders",
    "SpeechRecognition",
    "SystemPolicyAllFiles",
    "SystemPolicyAppBundles",
    "SystemPolicyAppData",
    "SystemPolicyDesktopFolder",
    "SystemPolicyDocumentsFolder",
    "SystemPolicyDownloadsFolder",
    "SystemPolicyNetworkVolumes",
    "SystemPolicyRemovableVolumes",
    "SystemPolicySysAdminFiles",
)
"""What a profile may allow. It can only deny Camera, Microphone, ListenEvent and ScreenCapture;
Accessibility is allowed by another way from macOS 26.2 on; AppleEvents needs a receiver."""
NEEDED = ("SystemPolicyAllFiles",)
"""What the agent itself uses: Full Disk Access, so that it can read the privacy databases."""
_ONLY_DENIED = {"Camera", "Microphone", "ListenEvent", "ScreenCapture"}
_BUNDLE = re.compile(r"\.app/Contents/MacOS/[^/]+\Z")
_APPLE = re.compile(r"com\.apple\.[A-Za-z0-9.-]{1,200}\Z")


def profile(
    program: str,
    signature: Signature,
    services: Sequence[str] = NEEDED,
    receivers: Sequence[str] = (),
) -> Made:
    """Return the profile for a program, by its path on the Mac and its real signature.

    `receivers` are bundle identifiers of Apple's own applications that it may automate. Raises
    Refused for a program without a requirement, and for what no profile can allow.
    """
    identity = _identity(program, signature)
    policy: dict[str, list[dict[str, object]]] = {}
    for name in dict.fromkeys(n.removeprefix(PREFIX) for n in services):
        policy[name] = [{**identity, **_allow(name)}]
    if receivers:
        policy["AppleEvents"] = [
            {**identity, "Authorization": "Allow", **_receiver(name)}
            for name in dict.fromkeys(receivers)
        ]
    if not policy:
        raise Refused("Name at least one service to allow.")
    content = {
        "PayloadType": PAYLOAD,
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{LABEL}.privacy.policy",
        "PayloadUUID": _uuid("policy", program),
        "PayloadDisplayName": "Privacy of the Entraclaw agent",
        "Services": policy,
    }
    whole: dict[str, object] = {
        "PayloadType": "Configuration",
        "PayloadVersion": 1,
        "PayloadIdentifier": f"{LABEL}.privacy",
        "PayloadUUID": _uuid("profile", program),
        "PayloadDisplayName": "Entraclaw agent",
        "PayloadDescription": f"Allows {program} what the agent needs.",
        "PayloadScope": "System",
        "PayloadContent": [content],
    }
    return Made("pppc", as_plist(whole), _notes(program, signature, list(policy)), "<!--")


def _identity(program: str, signature: Signature) -> dict[str, object]:
    requirement = signature.requirement.strip()
    requirement = requirement.removeprefix("# ").removeprefix("designated =>").strip()
    if signature.status in ("unsigned", "broken") or not requirement:
        raise Refused(
            f"{program} has no signature that a profile could name ({signature.status}). "
            "Sign it first: see `entraclaw-tui generate entitlements`."
        )
    # A program in a bundle is known by the bundle, any other by its path (Apple's schema).
    bundle = _BUNDLE.search(program) is not None and "/" not in signature.identifier
    if not program.startswith("/") or not program.isprintable():
        raise Refused(f"{program} is no absolute path that can be printed.")
    return {
        "Identifier": signature.identifier if bundle else program,
        "IdentifierType": "bundleID" if bundle else "path",
        "CodeRequirement": requirement,
        "StaticCode": False,
    }


def _allow(name: str) -> dict[str, object]:
    if name in _ONLY_DENIED:
        raise Refused(
            f"No profile can allow {service(name).name}: macOS lets a person alone do it."
        )
    if name == "AppleEvents":
        raise Refused("Automation is allowed for each application: name it with --automate.")
    if name == "Accessibility":
        raise Refused(
            "A profile that allows Accessibility counts no more from macOS 27 on: use a "
            "declaration (com.apple.configuration.app.settings)."
        )
    if name not in ALLOWABLE:
        raise Refused(f"{name} is no service of a profile. One of: {', '.join(ALLOWABLE)}.")
    return {"Authorization": "Allow"}


def _receiver(identifier: str) -> dict[str, object]:
    if not _APPLE.match(identifier):
        raise Refused(
            f"{identifier} is not one of Apple's own applications (com.apple.mail, say): "
            "for another one its code requirement would have to be read from it."
        )
    return {
        "AEReceiverIdentifier": identifier,
        "AEReceiverIdentifierType": "bundleID",
        "AEReceiverCodeRequirement": f'identifier "{identifier}" and anchor apple',
    }


def _notes(program: str, signature: Signature, services: list[str]) -> tuple[str, ...]:
    names = ", ".join(service(name).name for name in services)
    frail = signature.status == "adhoc" or signature.requirement.strip().startswith("cdhash")
    return (
        f"Allows {program}: {names}.",
        "Save it as entraclaw-privacy.mobileconfig and install it by your device management (MDM) "
        "with user approval: macOS refuses this payload when it is opened by hand.",
        "Afterwards: `profiles show -type configuration` lists it. System Settings does not show "
        "what a profile allows; `entraclaw-tui privacy` does.",
        *(
            (
                "The program is signed ad hoc: this names one build of it, and every upgrade or "
                "rebuild makes it worthless. A program signed with a certificate keeps it.",
            )
            if frail
            else ()
        ),
        "The agent's program is an interpreter: whatever it runs as this program gets this too.",
    )


def _uuid(part: str, program: str) -> str:
    """The same each time, so that a new profile takes the old one's place."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{LABEL}/{part}/{program}")).upper()
