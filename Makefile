# make setup | demo | test | check | bench      (docs/operate/install.md)
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test check bench

BIN := .venv/bin
READY := .venv/.ready
LOCKS := requirements.lock requirements-dev.lock requirements-setup.lock
ARGS ?=

help:
	@echo "make setup   install into .venv and nothing else"
	@echo "make demo    install, fill a demo network and serve it on http://localhost:8000"
	@echo "make test    the whole suite; browser journeys where a Chromium is found"
	@echo "make check   format, lint, types, import order, guards, migrations, dead code"
	@echo "make bench   server times beside their floor"

setup: $(READY)

$(READY): $(LOCKS) pyproject.toml
	@python=; \
	for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	  if $$each -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; \
	  then python=$$each; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "OpenIOP needs Python 3.11 to 3.14, and none was found: install one and try again." >&2; exit 2; \
	fi; \
	if [ ! -x $(BIN)/pip ]; then \
	  $$python -m venv .venv || { \
	    rm -rf .venv; \
	    echo "Python cannot make a virtual environment: install its venv package (python3-venv)." >&2; exit 2; }; \
	fi
	$(BIN)/pip install --quiet --require-hashes -r requirements-setup.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements-dev.lock requirements-setup.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps -e .
	@touch $(READY)

demo: $(READY)
	@exec $(BIN)/openiop demo $(ARGS)

test: $(READY)
	@exec .ci/test $(ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q guards
	OPENIOP_MODE=test $(BIN)/openiop manage makemigrations --check --dry-run
	$(BIN)/vulture

bench: $(READY)
	@exec $(BIN)/python -m bench $(ARGS)
