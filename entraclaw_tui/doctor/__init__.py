"""Findings: why something does not work, the evidence, the repair.

May import `macos`, `model` and `text`.
"""
