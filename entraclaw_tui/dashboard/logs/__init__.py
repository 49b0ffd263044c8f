"""What the logs pane is made of: the ring, what of it is shown, how it looks, how it is saved.

`ring`, `sieve`, `visible`, `reading`, `rows` know no Textual; the prompts and the sheet do.
"""
