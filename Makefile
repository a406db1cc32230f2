# Everything starts from Python 3.11 and make alone: each target first makes the environment it needs.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV := $(VENV)/.installed-dev

.PHONY: demo serve test test-peers test-slow test-oracle benchmark check lint types arrows schema lock install clean

install: $(DEV)

# Locked versions with hashes. --no-deps: the locks are complete, and nothing else may come along.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: $(PYTHON) not found"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is needed (Debian: apt-get install python3-venv)"; exit 1; }
	@echo "Making the environment in $(VENV) (once; a minute or so) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-build-isolation -e .
	@touch $(STAMP)

# What tests and checks need on top of it.
$(DEV): requirements-dev.lock $(STAMP)
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $(DEV)

demo: $(STAMP)
	@$(BIN)/hourledger demo $(if $(KEEP),--keep)

serve: $(STAMP)
	@$(BIN)/hourledger serve --with-worker

# The whole suite on the embedded PostgreSQL, a database of its own for every test, real peers included.
test: $(DEV)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -q

# Long random walks; run them before you call done what they cover.
test-slow: $(DEV)
	@$(BIN)/python -m pytest -q -m slow

# The engine against the oracle (tests/oracle): 100,000 hours and planned days in core, 500 worlds in the database.
test-oracle: $(DEV)
	@$(BIN)/python -m pytest -n 2 -q -m oracle tests/oracle

test-peers: $(DEV)
	@$(BIN)/python -m pytest -q -m peer

# What is promised about speed, measured here: ratios against their limits, a few minutes. See benchmarks/README.md.
benchmark: $(STAMP)
	@$(BIN)/python -m benchmarks.project_finances
	@$(BIN)/python -m benchmarks.recalculation --entries 100000

check: lint types arrows schema

lint: $(DEV)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(DEV)
	@$(BIN)/mypy
	@$(BIN)/mypy tests

arrows: $(DEV)
	@$(BIN)/lint-imports

schema: $(DEV)
	@$(BIN)/python -m schema.export --check

# Writes the locks anew from pyproject.toml; look at what changed before you commit it.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header
lock: $(DEV)
	@$(LOCK) pyproject.toml requirements-build.in -o requirements.lock
	@$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) .data build dist *.egg-info
