"""A folder that plays a Mac: its tools, its launchd, its keychain, its privacy databases.

`build.prepare` makes the folder, `power` turns it on and off. The tools below `tools` and the
modules they use import the standard library alone: a call of a tool is mostly its start.
"""
