"""The job's whole story in chapters: a line each that says the most, and a page behind it.

A chapter paints what its sources say and reads nothing itself.
"""
