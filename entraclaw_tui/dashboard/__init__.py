"""The panel on the screen (Textual): app, actions, store, panes, sheets, widgets, styles.

Shows what sources say and sends decisions to the worker; holds no secret and opens no database.
May import `ipc`, `macos`, `doctor`, `model` and `text`.
"""
