"""The frozen vocabulary: what a job, a Keychain item, a grant or a request is.

No I/O here and no clock. Times are seconds since 1970 in UTC, as floats, in fields that end in
`_at`. Text that came from elsewhere is kept as it came; whoever shows it cleans it (`text.py`).
May import `text` and nothing else of ours.
"""
