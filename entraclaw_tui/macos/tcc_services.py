"""The privacy services of TCC: our name for each, and its place in System Settings."""

from __future__ import annotations

import re
from typing import NamedTuple

PREFIX = "kTCCService"
"""What Apple's name of every service begins with."""
_SETTINGS = "x-apple.systempreferences:com.apple.settings.PrivacySecurity.extension"
"""System Settings since macOS 13; behind `?` the anchor of a pane."""


class Service(NamedTuple):
    """One thing that macOS guards."""

    key: str
    """Apple's name without `kTCCService`."""
    name: str
    anchor: str = ""
    """The pane in Privacy & Security; empty where there is none."""
    system: bool = False
    """Whether its rows are kept in the system's database."""


_FILES = "Privacy_FilesAndFolders"
_ALL = (
    Service("Accessibility", "Accessibility", "Privacy_Accessibility", system=True),
    Service("PostEvent", "Send Keystrokes", "Privacy_Accessibility", system=True),
    Service("ListenEvent", "Input Monitoring", "Privacy_ListenEvent", system=True),
    Service("ScreenCapture", "Screen Recording", "Privacy_ScreenCapture", system=True),
    Service("DeveloperTool", "Developer Tools", "Privacy_DevTools", system=True),
    Service("RemoteDesktop", "Remote Desktop", "Privacy_RemoteDesktop", system=True),
    Service("SystemPolicyAllFiles", "Full Disk Access", "Privacy_AllFiles", system=True),
    Service("SystemPolicySysAdminFiles", "Administer Computer", "Privacy_AllFiles", system=True),
    Service("EndpointSecurityClient", "Endpoint Security", "Privacy_AllFiles", system=True),
    Service("AppleEvents", "Automation", "Privacy_Automation"),
    Service("Pasteboard", "Paste from Other Apps", "Privacy_Pasteboard"),
    Service("SystemPolicyDesktopFolder", "Desktop Folder", _FILES),
    Service("SystemPolicyDocumentsFolder", "Documents Folder", _FILES),
    Service("SystemPolicyDownloadsFolder", "Downloads Folder", _FILES),
    Service("SystemPolicyNetworkVolumes", "Network Volumes", _FILES),
    Service("SystemPolicyRemovableVolumes", "Removable Volumes", _FILES),
    Service("SystemPolicyAppData", "Data of Other Apps", _FILES),
    Service("SystemPolicyAppDataDetailed", "Data of Other Apps, One by One", _FILES),
    Service("SystemPolicyAppBundles", "App Management", "Privacy_AppBundles"),
    Service("SystemPolicyDeveloperFiles", "Development Files", _FILES),
    Service("FileProviderDomain", "Files of a File Provider", _FILES),
    Service("FileProviderPresence", "When Provider Files Are Used"),
    Service("Ubiquity", "iCloud Drive"),
    Service("Liverpool", "iCloud Sharing"),
    Service("Camera", "Camera", "Privacy_Camera"),
    Service("Microphone", "Microphone", "Privacy_Microphone"),
    Service("AudioCapture", "System Audio Recording", "Privacy_ScreenCapture"),
    Service("Photos", "Photos", "Privacy_Photos"),
    Service("PhotosAdd", "Photos, Add Only", "Privacy_Photos"),
    Service("MediaLibrary", "Media & Apple Music", "Privacy_Media"),
    Service("AddressBook", "Contacts", "Privacy_Contacts"),
    Service("ContactsFull", "Contacts, All", "Privacy_Contacts"),
    Service("ContactsLimited", "Contacts, Some", "Privacy_Contacts"),
    Service("Calendar", "Calendars", "Privacy_Calendars"),
    Service("Reminders", "Reminders", "Privacy_Reminders"),
    Service("FocusStatus", "Focus", "Privacy_Focus"),
    Service("Siri", "Siri"),
    Service("SpeechRecognition", "Speech Recognition", "Privacy_SpeechRecognition"),
    Service("Willow", "Home", "Privacy_HomeKit"),
    Service("Motion", "Motion & Fitness", "Privacy_Motion"),
    Service("GameCenterFriends", "Game Center Friends"),
    Service("FinancialData", "Financial Data"),
    Service("VoiceBanking", "Personal Voice"),
    Service("BluetoothAlways", "Bluetooth", "Privacy_Bluetooth"),
    Service("BluetoothWhileInUse", "Bluetooth, While in Use", "Privacy_Bluetooth"),
    Service("BluetoothPeripheral", "Bluetooth Peripheral"),
    Service("NearbyInteraction", "Nearby Interaction"),
    Service("FaceID", "Face ID"),
    Service("UserTracking", "Tracking", "Privacy_UserTracking"),
    Service("WebBrowserPublicKeyCredential", "Passkeys in Browsers", "Privacy_PasskeyAccess"),
    Service("ShareKit", "Sharing"),
)
_BY_KEY = {service.key: service for service in _ALL}


def service(name: str) -> Service:
    """Return what is known of a service, by Apple's name with or without `kTCCService`.

    One that we do not know gets Apple's words, taken apart: `FallDetection`, `Fall Detection`.
    """
    key = name.removeprefix(PREFIX)
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", key)
    return _BY_KEY.get(key) or Service(key, words or name)


def all_services() -> tuple[Service, ...]:
    """Return every service that we have a name for."""
    return _ALL


def settings_url(name: str) -> str:
    """Return what `open` needs to show a service's pane, or Privacy & Security without one."""
    anchor = service(name).anchor
    return f"{_SETTINGS}?{anchor}" if anchor else _SETTINGS
