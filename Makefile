# Everything starts from Python 3.11 and make alone: each target first makes the environment it needs.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo serve test test-peers test-all check lint types arrows schema lock install clean benchmark

install: $(STAMP)

# Locked versions with hashes. --no-deps: the lock is complete, and nothing else may come along.
$(STAMP): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or newer is needed: $(PYTHON) not found"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is needed (Debian: apt-get install python3-venv)"; exit 1; }
	@echo "Making the environment in $(VENV) (once; a minute or so) ..."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/hourledger demo $(if $(KEEP),--keep)

serve: $(STAMP)
	@$(BIN)/hourledger serve --with-worker

# The whole suite on the embedded PostgreSQL, a database of its own for every test, real peers included.
test: $(STAMP)
	@$(BIN)/python -m pytest -n 2 --dist loadgroup -q

test-peers: $(STAMP)
	@$(BIN)/python -m pytest -q -m peer

check: lint types arrows schema

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(STAMP)
	@$(BIN)/mypy
	@$(BIN)/mypy tests

arrows: $(STAMP)
	@$(BIN)/lint-imports

schema: $(STAMP)
	@$(BIN)/python -m schema.export --check

# Writes requirements.lock anew from pyproject.toml; look at what changed before you commit it.
lock: $(STAMP)
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--group dev pyproject.toml requirements-build.in -o requirements.lock

clean:
	rm -rf $(VENV) .data build dist *.egg-info
