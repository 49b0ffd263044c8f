"""What we read from and do to the Mac: one file a subsystem, parser and tool call side by side.

Parsers are pure: text in, value out, tolerant of what they do not know. Calls go through
`host.Host`, which alone starts tools. May import `model` and `text`.
"""
