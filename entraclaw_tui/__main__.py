"""Where `python -m entraclaw_tui` and the console script begin."""
