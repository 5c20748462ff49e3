# Halfsky: `make run` sets everything up and does the main job, `make test` sets everything up and passes.
# Needs Python 3.11 or newer and make; nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
ARGS ?=
COMPILE = $(BIN)/python -m piptools compile --generate-hashes --strip-extras --no-emit-index-url --no-emit-trusted-host \
          --no-emit-find-links --no-header --no-annotate --allow-unsafe --quiet

.PHONY: run test lint types contracts lock clean help

help:  ## Show this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: $(VENV)/.prod  ## Load both plans, assess, report, and serve on 127.0.0.1:8000 (ARGS=--no-serve stops before that)
	$(BIN)/halfsky demo $(ARGS)

# A file's tests stay with one worker: its world is built once. Long files first, as tests/conftest.py orders them.
test: $(VENV)/.dev  ## Run the tests; ALL=1 also those marked slow: journeys in a browser, every room on PostgreSQL
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder $(if $(ALL),,-m "not slow") $(ARGS)

lint: $(VENV)/.dev  ## Style
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks

types: $(VENV)/.dev  ## Types
	$(BIN)/mypy

contracts: $(VENV)/.dev  ## Each room uses only the rooms above it
	$(BIN)/lint-imports

lock: $(VENV)/bin/python  ## Write the pins again after a change of pyproject.toml
	$(BIN)/python -m pip install --quiet pip-tools
	$(COMPILE) -o requirements/prod.txt pyproject.toml
	$(COMPILE) -c requirements/prod.txt -o requirements/dev.txt --extra dev pyproject.toml
	$(COMPILE) -c requirements/dev.txt -o requirements/bench.txt --extra bench pyproject.toml

clean:  ## Remove everything that setup and running made
	rm -rf $(VENV) var

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Halfsky needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)

# --no-deps: the pins are complete; hashes refuse any package that is not the one that was tested.
$(VENV)/.prod: requirements/prod.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/prod.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.prod
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	touch $@
