"""What a pretend Mac can have wrong with it, one state a name.

Each scenario changes what the story furnished, and the real programs then are in that state: the
job really dies, the keychain really is locked. Nothing here may be seen by a reader of the Mac.
"""
