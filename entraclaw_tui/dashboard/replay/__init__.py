"""Recording what the sources say, and showing it again from the file alone.

A recording is for bug reports and demos: it is made to leave the house, so nothing goes in but the
types that `entries` names, each text without what looks like a secret (`withheld`).
"""
