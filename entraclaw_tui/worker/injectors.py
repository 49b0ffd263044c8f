"""Programs that can type into a terminal they host: there a key alone proves no person."""

from __future__ import annotations

from collections.abc import Iterable

_NAMES = {
    "tmux": "tmux",
    "tmux: server": "tmux",
    "tmux: client": "tmux",
    "screen": "screen",
    "zellij": "zellij",
    "dvtm": "dvtm",
    "abduco": "abduco",
    "dtach": "dtach",
    "mprocs": "mprocs",
    "expect": "expect",
    "script": "script",
    "ttyd": "ttyd",
    "gotty": "gotty",
    "tmate": "tmate",
    "kitty": "kitty",
    "wezterm": "WezTerm",
    "wezterm-gui": "WezTerm",
    "wezterm-mux-server": "WezTerm",
    "emacs": "Emacs",
    "vim": "Vim",
    "nvim": "Neovim",
    "hx": "Helix",
    "code": "VS Code",
    "code-server": "VS Code",
    "code helper": "VS Code",
    "code helper (plugin)": "VS Code",
    "code helper (renderer)": "VS Code",
    "code - insiders": "VS Code",
    "codium": "VSCodium",
    "vscodium": "VSCodium",
    "cursor": "Cursor",
    "cursor helper": "Cursor",
    "cursor helper (plugin)": "Cursor",
    "windsurf": "Windsurf",
    "zed": "Zed",
    "idea": "JetBrains",
    "pycharm": "JetBrains",
    "webstorm": "JetBrains",
    "goland": "JetBrains",
    "clion": "JetBrains",
    "rubymine": "JetBrains",
    "phpstorm": "JetBrains",
    "rider": "JetBrains",
    "fleet": "JetBrains",
    "claude": "Claude Code",
    "codex": "Codex",
    "gemini": "Gemini",
}
"""A process name in small letters, and the word the panel shows for it."""

_VARIABLES = {
    "TMUX": "tmux",
    "STY": "screen",
    "ZELLIJ": "zellij",
    "KITTY_LISTEN_ON": "kitty",
    "WEZTERM_UNIX_SOCKET": "WezTerm",
    "NVIM": "Neovim",
    "INSIDE_EMACS": "Emacs",
    "VSCODE_INJECTION": "VS Code",
    "VSCODE_IPC_HOOK_CLI": "VS Code",
    "TERMINAL_EMULATOR": "JetBrains",
}
"""An environment variable that such a program leaves to what it starts."""


def injector_of(ancestors: Iterable[str], variables: Iterable[str]) -> str:
    """Return what can type into this terminal, in a word, or an empty text.

    `ancestors` are the names of the processes above, `variables` the names (never the values) in
    the environment. A clean environment proves nothing; a telling one does.
    """
    for name in ancestors:
        plain = name.lower().lstrip("-")
        if plain in _NAMES:
            return _NAMES[plain]
    for variable in variables:
        if variable in _VARIABLES:
            return _VARIABLES[variable]
    return ""
