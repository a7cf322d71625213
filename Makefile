# Lamina. Needs Python 3.11 or newer, make and a package index; everything else is installed into .venv.

VENV := .venv
BIN := $(VENV)/bin
# The first Python on the path that is new enough; another one with: make setup PYTHON=/path/to/python
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --quiet --no-compile --constraint constraints.txt
# Pip compiles one file after the other, a third of the time it takes; this takes all cores. Some packages bring files
# that no Python compiles.
COMPILE := $(BIN)/python -m compileall -qq -j 0 $(VENV)/lib >/dev/null 2>&1 || true
# In which order, and what stays together, is in tests/scheduling.py.
SIDE_BY_SIDE := --numprocesses auto --maxprocesses 4 --dist loadfile
ARGS ?=

# Some containers set it. The tests start hundreds of processes, each of which would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo up test lint types unit integration e2e bench studio client docs-picture docs-studio docs-uses clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.setup ## make .venv with the lamina command

demo: setup ## take a poster apart (yours with IMAGE=path), edit it, leave everything in demo/
	@$(BIN)/lamina demo $(if $(IMAGE),--image "$(IMAGE)")

up: setup ## serve on 127.0.0.1:8080 until Ctrl-C (choices with ARGS="--port 9000 --data DIR")
	@$(BIN)/lamina up $(ARGS)

test: lint types ## everything: lint, types, architecture rules, unit, integration, end-to-end
	$(BIN)/pytest $(SIDE_BY_SIDE)

lint: $(VENV)/.dev ## style and the direction of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(VENV)/.dev ## mypy --strict
	$(BIN)/mypy

unit: $(VENV)/.dev ## the tests that need no server
	$(BIN)/pytest $(SIDE_BY_SIDE) tests/unit tests/contracts tests/test_architecture.py

integration: $(VENV)/.dev ## the tests against a real Postgres and a real Redis, embedded
	$(BIN)/pytest $(SIDE_BY_SIDE) tests/integration

e2e: $(VENV)/.dev ## the tests of the running service, and in a real browser
	$(BIN)/pytest $(SIDE_BY_SIDE) tests/e2e

bench: $(VENV)/.dev ## measure quality, speed and latency (choices with ARGS)
	$(BIN)/python -m bench $(ARGS)

# Node comes with the development tools; the bundle is part of the repository, so that nobody needs it to serve the page.
studio: export PATH := $(abspath $(BIN)):$(PATH)
studio: $(VENV)/.dev studio/node_modules/.package-lock.json ## check and bundle studio/ into app/web/static/
	cd studio && npm run --silent check && npm run --silent test && npm run --silent build

studio/node_modules/.package-lock.json: studio/package-lock.json | $(VENV)/.dev
	cd studio && PATH="$(abspath $(BIN)):$$PATH" npm ci --silent
	@touch $@

client: $(VENV)/.dev ## make lamina/client/_sync of lamina/client/_async
	$(BIN)/python -m lamina.make_sync

docs-picture: setup ## draw docs/poster.png anew
	$(BIN)/python docs/draw_poster.py

docs-studio: $(VENV)/.dev ## look at the studio and draw docs/studio/ anew
	$(BIN)/python docs/draw_studio.py

docs-uses: $(VENV)/.dev ## run the pages of docs/uses/ and draw their pictures anew
	$(BIN)/python docs/uses/draw_pages.py

clean: ## remove what can be made again: .venv, caches, demo/; never the data in .lamina/
	rm -rf $(VENV) studio/node_modules demo build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis bench/out
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Lamina needs Python 3.11 or newer; none was found. Name one with PYTHON=/path/to/python." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Lamina needs Python 3.11 or newer; $(PYTHON) is $$("$(PYTHON)" -V 2>&1)." >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) could not make a virtual environment; on Debian and Ubuntu: apt install python3-venv." >&2; exit 1; }

$(VENV)/.setup: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing Lamina into $(VENV) (some 250 MB of packages the first time) ..."
	@$(PIP_INSTALL) --editable '.[embedded,classic]'
	@$(COMPILE)
	@touch $@

$(VENV)/.dev: $(VENV)/.setup
	@echo "Installing the tools for the tests (PyTorch among them) ..."
	@$(PIP_INSTALL) --editable '.[dev]'
	@$(COMPILE)
	@touch $@
