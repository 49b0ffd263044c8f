# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
PIP     = $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

# A Python that was named by hand wins over the one that .venv was made with.
ifneq ($(origin PYTHON),file)
ifeq ($(shell [ ! -f $(VENV)/pyvenv.cfg ] || [ "$$($(VENV)/bin/python -V 2>&1)" = "$$($(PYTHON) -V 2>&1)" ] || echo other),other)
$(shell rm -rf $(VENV))
endif
endif

# What was installed is remembered by a stamp a lock; a changed lock installs again.
RUNTIME = $(VENV)/.runtime-$(shell cksum < locks/runtime.txt | cut -d' ' -f1)
DEV     = $(VENV)/.dev-$(shell cksum < locks/dev.txt | cut -d' ' -f1)
# Two a processor on a small machine: much of a test is waiting for real processes.
PYTEST  = $(BIN)/python -m pytest -n 4 --dist loadgroup

.PHONY: demo test check bench fault shots snapshots man keys lock clean

demo: $(RUNTIME)
	@$(BIN)/entraclaw-tui demo

test: $(DEV)
	$(PYTEST) -m "not fault" tests $(ARGS)

check: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m pytest -q tests/unit/test_readme.py

fault: $(DEV)
	$(BIN)/python -m pytest -m fault -s --fault-table=build/fault.txt tests/fault $(ARGS)

bench: $(DEV)
	$(BIN)/python -m tests.bench $(ARGS)

snapshots: $(DEV)
	$(PYTEST) tests/snapshot --snapshot-update

# Pictures of the snapshots, to look at; needs rsvg-convert (librsvg) and the Fira Code font.
shots:
	sh tests/snapshot/shots.sh snapshots build/shots

# The man page: `man -l build/entraclaw-tui.1` shows it.
man: $(RUNTIME)
	@mkdir -p build
	$(BIN)/entraclaw-tui man > build/entraclaw-tui.1

# The README's key table, from the program's own.
keys: $(DEV)
	$(BIN)/python -m tests.support.readme

lock: $(DEV)
	sh locks/make.sh

$(VENV)/bin/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) not found; name a Python of 3.11 or newer: make PYTHON=python3.13 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is older than 3.11; name another: make PYTHON=python3.13 ..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(RUNTIME): | $(VENV)/bin/python
	@printf 'Setting up %s (about half a minute, once) ... ' $(VENV)
	@$(PIP) install --require-hashes -r locks/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@; echo done

$(DEV): $(RUNTIME)
	@printf 'Adding the test tools to %s (once) ... ' $(VENV)
	@$(PIP) install --require-hashes -r locks/dev.txt
	@touch $@; echo done

clean:
	rm -rf $(VENV) build dist
