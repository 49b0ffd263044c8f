"""The one door to the Mac's tools: by absolute path below a root, with a deadline and a cap."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import signal
import stat
from pathlib import Path

import msgspec

from entraclaw_tui.macos.plain_files import read_plain
from entraclaw_tui.text import clean_bytes

MARKER = ".entraclaw-pretend-mac.json"
"""The file that says a folder is a pretend Mac. `demo` writes it."""

DEADLINE = 5.0
"""Seconds that a tool may take unless its caller knows better."""
CAP = 256 * 1024
"""Bytes of output a tool may write unless its caller knows better (real dumps reach megabytes)."""
_DYING = 0.4
"""Seconds that a killed tool may take to be gone; the system may hold it longer than that."""


class HostError(Exception):
    """This is no Mac, or no root that may be used. The message is for a person."""


class NoMacHere(HostError):
    """The machine is no Mac and no pretend Mac was named."""


class Marker(msgspec.Struct, frozen=True):
    """What a pretend Mac says of itself."""

    format: int
    user: str
    uid: int
    home: str
    """The home as a path of the Mac, `/Users/demo`."""
    host: str
    macos: str
    scenario: str = "healthy"
    speed: float = 1.0
    """How many times faster the pretend launchd's clocks run."""


class ToolError(Exception):
    """A tool gave no answer. The message says which and why, in words for a person."""


class ToolMissing(ToolError):
    """There is no such tool, or it may not be run."""


class ToolTimedOut(ToolError):
    """The tool did not end within its deadline and was killed with its group."""


class ToolFlooded(ToolError):
    """The tool wrote more than its cap and was killed with its group."""


class Ran(msgspec.Struct, frozen=True):
    """What a tool answered."""

    exit: int
    """Exit status, or minus the signal that ended it."""
    stdout: bytes
    stderr: bytes

    @property
    def complaint(self) -> str:
        """Return the first line of standard error, cleaned, or the exit status in words."""
        first = self.stderr.strip().split(b"\n", 1)[0]
        return clean_bytes(first, 200) if first else f"exit status {self.exit}"


class Host(msgspec.Struct, frozen=True):
    """A Mac: the real one (`/`) or a folder that plays one."""

    root: Path
    user: str
    uid: int
    home: Path
    """The account's home, below the root: a path that can be opened."""
    name: str
    marker: Marker | None = None

    @classmethod
    def open(cls, root: Path | None) -> Host:
        """Return the Mac at `root`, or this machine where `root` is None or `/`.

        Raises NoMacHere off a Mac without a root, HostError for a root that is no pretend Mac,
        belongs to somebody else or can be written by others.
        """
        if root is None or root == Path("/"):
            if os.uname().sysname != "Darwin":
                raise NoMacHere(
                    "This is not a Mac. Try `entraclaw-tui demo`, or name a pretend Mac "
                    "with --root DIR."
                )
            account = pwd.getpwuid(os.getuid())
            return cls(
                Path("/"),
                account.pw_name,
                account.pw_uid,
                Path(account.pw_dir),
                os.uname().nodename,
            )
        return cls._pretend(root)

    @classmethod
    def _pretend(cls, root: Path) -> Host:
        root = root.absolute()
        try:
            status = root.stat(follow_symlinks=False)
        except OSError as error:
            raise HostError(f"{root}: {error.strerror}") from None
        if not stat.S_ISDIR(status.st_mode):
            raise HostError(f"{root} is not a folder.")
        if status.st_uid != os.getuid():
            raise HostError(f"{root} belongs to another user.")
        if status.st_mode & 0o022:
            raise HostError(f"{root} can be written by others; take that right away first.")
        try:
            marker = msgspec.json.decode(read_plain(root / MARKER), type=Marker)
        except FileNotFoundError:
            raise HostError(
                f"{root} is not a pretend Mac (it has no {MARKER}). "
                "Make one with `entraclaw-tui demo --dir DIR`."
            ) from None
        except (OSError, msgspec.MsgspecError) as error:
            raise HostError(f"{root / MARKER} cannot be read: {error}") from None
        home = root / marker.home.lstrip("/")
        return cls(root, marker.user, marker.uid, home, marker.host, marker)

    @property
    def pretend(self) -> bool:
        """Whether this is a folder that plays a Mac."""
        return self.marker is not None

    @property
    def domain(self) -> str:
        """The launchd domain of this user's desktop login."""
        return f"gui/{self.uid}"

    def path(self, absolute: str) -> Path:
        """Return where a path of the Mac (`/Library/...`) can be opened."""
        return self.root / absolute.lstrip("/")

    def shown(self, path: Path | str) -> str:
        """Return a path as one of the Mac, without the root of a pretend one."""
        text = str(path)
        root = str(self.root)
        if self.pretend and (text == root or text.startswith(root + "/")):
            return text[len(root) :] or "/"
        return text

    def from_home(self, path: Path) -> str:
        """Return a path as a person writes it: `~` for the account's home."""
        if not path.is_relative_to(self.home):
            return self.shown(path)
        return str(Path("~") / path.relative_to(self.home))

    async def run(
        self,
        tool: str,
        *arguments: str,
        stdin: bytes | None = None,
        deadline: float = DEADLINE,
        cap: int = CAP,
    ) -> Ran:
        """Run a tool, named by its absolute path on a Mac, and return what it answered.

        The tool gets a clean environment, no terminal and a process group of its own. It is
        always reaped; past `deadline` seconds or `cap` bytes its whole group is killed.
        Raises ToolMissing, ToolTimedOut or ToolFlooded.
        """
        process = await self.start(tool, *arguments, feed=stdin is not None)
        whole = False
        try:
            async with asyncio.timeout(deadline):
                ran = await _collect(process, stdin, cap, tool)
            whole = True
            return ran
        except TimeoutError:
            raise ToolTimedOut(f"{tool} did not answer within {deadline:g} s") from None
        finally:
            await reap(process, whole)

    async def start(
        self, tool: str, *arguments: str, feed: bool = False
    ) -> asyncio.subprocess.Process:
        """Start a tool for somebody who reads it while it runs, and who must `reap` it.

        It gets what `run` gives; its output is piped. Raises ToolMissing.
        """
        try:
            return await asyncio.create_subprocess_exec(
                self.path(tool),
                *arguments,
                stdin=asyncio.subprocess.PIPE if feed else asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self.environment(),
                cwd=self.root,
                start_new_session=True,
            )
        except OSError as error:
            raise ToolMissing(f"{tool} cannot be run: {error.strerror or error}") from None

    def environment(self) -> dict[str, str]:
        """Return the whole environment that a tool gets."""
        return {
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(self.home),
            "USER": self.user,
            "LOGNAME": self.user,
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
        }


async def _collect(
    process: asyncio.subprocess.Process, stdin: bytes | None, cap: int, tool: str
) -> Ran:
    taken = 0

    async def read(stream: asyncio.StreamReader | None) -> bytes:
        nonlocal taken
        chunks: list[bytes] = []
        while stream is not None and (chunk := await stream.read(65536)):
            taken += len(chunk)
            if taken > cap:
                raise ToolFlooded(f"{tool} wrote more than {cap // 1024} KiB")
            chunks.append(chunk)
        return b"".join(chunks)

    async def write() -> None:
        if stdin is not None and process.stdin is not None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                process.stdin.write(stdin)
                await process.stdin.drain()
            process.stdin.close()

    tasks = [asyncio.ensure_future(t) for t in (read(process.stdout), read(process.stderr))]
    try:
        await write()
        stdout, stderr = await asyncio.gather(*tasks)
        return Ran(await process.wait(), stdout, stderr)
    finally:
        for task in tasks:
            task.cancel()


async def reap(process: asyncio.subprocess.Process, whole: bool) -> None:
    """Kill what is left of the tool's group, unless its answer is whole, and take its status.

    A tool that ended may have left a child that holds the pipes: its group is killed as well.
    """
    if process.returncode is None or not whole:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    # Closed before waiting: wait() returns only once the pipes are done, and one that nobody
    # reads any more, or that a process outside the group holds, would never be.
    transport = getattr(process, "_transport", None)
    if transport is not None:
        transport.close()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DYING):
            await process.wait()
