"""The LaunchAgent: requests, policy, grants, exchange, vault, audit, logs.

One process, one SQLite connection, one writer; others go by socket. May import `ipc`, `macos`,
`model` and `text`. `msal` is in `entra.py` alone, `keyring` in `vault.py` alone.
"""
