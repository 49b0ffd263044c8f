"""Without a folder of saved outputs there is nothing to collect here."""

from __future__ import annotations

import os

FILES = ["test_corpus.py", "test_corpus_rest.py", "test_corpus_explain.py"]

collect_ignore = [] if os.environ.get("ENTRACLAW_CORPUS") else FILES
