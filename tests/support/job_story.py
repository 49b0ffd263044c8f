"""The closer look at the invented job: a Python of Homebrew with nothing wrong about it."""

from __future__ import annotations

from entraclaw_tui.dashboard.job_readers import JobReaders
from entraclaw_tui.macos.assessment import NO_APP, Assessment
from entraclaw_tui.macos.hidden import Hidden
from entraclaw_tui.macos.interpreter import Interpreter, Program
from entraclaw_tui.macos.login_items import LoginItem
from entraclaw_tui.model.job import (
    Compared,
    Domain,
    EnvironmentName,
    JobDefinition,
    JobRow,
    Process,
)
from entraclaw_tui.model.log import LogLine
from entraclaw_tui.model.privacy import Signature
from entraclaw_tui.model.source import Empty, Failed, Loaded

NOW = 1_800_000_000.0
PLIST = "/Users/demo/Library/LaunchAgents/com.entraclaw.agent.plist"
PYTHON = "/opt/homebrew/Cellar/python@3.14/3.14.2/Frameworks/Python.framework/Versions/3.14"
COMMAND = "/opt/homebrew/bin/python3.14 -I -B -m entraclaw_tui worker"
SECRET = "hunter2-is-not-for-screens"

CHAPTERS = [
    "findings",
    "now",
    "started",
    "ended",
    "definition",
    "program",
    "signature",
    "environment",
    "log",
    "login-items",
    "printed",
]
"""The chapters in the order of the list."""

NAMES = (
    EnvironmentName("inherited environment", "SSH_AUTH_SOCK", 48),
    EnvironmentName("inherited environment", "OTHER_API_KEY", len(SECRET)),
    EnvironmentName("default environment", "PATH", 29),
    EnvironmentName("environment", "ENTRACLAW_HOME", 29),
    EnvironmentName("environment", "XPC_SERVICE_NAME", 19),
)


def definition(**changed: str) -> JobDefinition:
    """A file that launchd loaded, but for keys whose loaded value is given."""
    keys = {
        "ProgramArguments": COMMAND,
        "StandardOutPath": "/Users/demo/.config/entraclaw/logs/agent.out.log",
        "StandardErrorPath": "/Users/demo/.config/entraclaw/logs/agent.err.log",
        "Sockets": "Control Request",
        "ExitTimeOut": "20",
        "ThrottleInterval": "10",
        "ProcessType": "interactive",
        "KeepAlive": "SuccessfulExit false",
    }
    compared = [Compared(k, v, changed.get(k, v), k not in changed) for k, v in keys.items()]
    compared.sort(key=lambda one: one.same is True)
    return JobDefinition(
        PLIST, True, "", True, (*compared, Compared("RunAtLoad", "true", "", None)), bool(changed)
    )


def unloaded() -> JobDefinition:
    """A file that launchd has not loaded."""
    return JobDefinition(PLIST, True)


def program(**changes: object) -> Program:
    python = Interpreter(
        named="/Users/demo/agent/.venv/bin/python",
        real=f"{PYTHON}/bin/python3.14",
        image=f"{PYTHON}/Resources/Python.app/Contents/MacOS/Python",
        venv="/Users/demo/agent/.venv",
        home="/opt/homebrew/opt/python@3.14/bin",
        version="3.14.2",
        maker="homebrew",
    )
    whole: dict[str, object] = {"there": True, "python": python}
    return Program(python.named, python.real, **{**whole, **changes})  # type: ignore[arg-type]


def signature(**changes: object) -> Signature:
    whole: dict[str, object] = {
        "path": f"{PYTHON}/bin/python3.14",
        "status": "adhoc",
        "identifier": "python3.14-55554944a1b2c3d4",
        "cdhash": "7c1f0a4b9d2e6f8035a1c4d7e9b0f2a3c5d6e7f8",
        "flags": ("adhoc", "linker-signed"),
        "requirement": 'cdhash H"7c1f0a4b9d2e6f8035a1c4d7e9b0f2a3c5d6e7f8"',
        "format": "Mach-O thin (arm64)",
    }
    return Signature(**{**whole, **changes})  # type: ignore[arg-type]


def log() -> tuple[LogLine, ...]:
    said = (
        "internal event: WILL_SPAWN, code = 0",
        "service state: spawn scheduled",
        "service state: spawning",
        "launching: inefficient",
        "xpcproxy spawned with pid 4821",
        "service state: running",
        "Successfully spawned python3.14[4821] because inefficient",
    )
    at = NOW - 11_600
    return tuple(
        LogLine(at + n, "launchd", "info", f"gui/501/com.entraclaw.agent [4821]: {text}")
        for n, text in enumerate(said)
    )


def login_item(**changes: object) -> LoginItem:
    item = LoginItem(
        501,
        "python3.14",
        "8.com.entraclaw.agent",
        "legacy agent",
        "",
        "",
        f"file://{PLIST}",
        "/opt/homebrew/bin/python3.14",
        True,
        True,
    )
    return item._replace(**changes)  # type: ignore[arg-type]


class Story:
    """Readers whose answers are values. It remembers what was asked."""

    def __init__(self, **answers: object) -> None:
        self.asked: list[str] = []
        self.at = NOW
        self.later: dict[str, Failed] = {}
        """What is answered from the second question on."""
        self.answers: dict[str, object] = {
            "definition": definition(ProgramArguments=COMMAND.replace(" -B", "")),
            "started": "inefficient",
            "process": Process(
                0.2,
                48_000_000,
                NOW - 11_600,
                processor_seconds=21.0,
                status="sleeping",
                parent=1,
                threads=5,
                files=31,
                children=0,
            ),
            "domain": Domain(
                "gui/501",
                "login",
                "Aqua",
                0,
                (JobRow("com.entraclaw.agent", 4821, "-"), JobRow("com.example.other")),
            ),
            "program": program(),
            "environment": NAMES,
            "told": log(),
            "said": Empty("It wrote nothing on standard error."),
            "signature": signature(),
            "entitlements": Empty("It is entitled to nothing."),
            "assessment": Assessment(False, reason=NO_APP),
            "ticket": False,
            "login_items": (login_item(),),
            "value": SECRET,
            **answers,
        }

    def readers(self) -> JobReaders:
        """Return them as the panel takes them."""

        def answer(name: str) -> object:
            async def read() -> object:
                self.asked.append(name)
                found = self.answers[name]
                if name in self.later:
                    self.answers[name] = self.later[name]
                return found if isinstance(found, Empty | Failed) else Loaded(found, self.at)

            return read

        async def value(name: EnvironmentName) -> Hidden | Failed:
            self.asked.append(f"value of {name.name}")
            found = self.answers["value"]
            return found if isinstance(found, Failed) else Hidden(str(found))

        names = [name for name in self.answers if name != "value"]
        return JobReaders(**{name: answer(name) for name in names}, value=value)  # type: ignore[arg-type]
