"""Sheets: modals with one thing to decide, a file each.

Each gets what it needs in its constructor and is told of changes by `view_changed`. Nothing is
imported here: a sheet is paid for when it opens.
"""
