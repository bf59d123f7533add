# Needs only make and Python 3.11 or newer. Everything it installs goes into .venv in this folder.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$$p"; break; fi; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready
DEMO := demo-output

# What `make bench` passes on: --write puts the figures into docs/performance.md, --long measures 100M trials too.
BENCH_FLAGS ?=

# What `make lock` passes on: `make lock LOCK_FLAGS=--upgrade` takes the newest releases.
LOCK_FLAGS ?=
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --custom-compile-command "make lock" $(LOCK_FLAGS)

.DELETE_ON_ERROR:
.PHONY: help demo test docs format bench lock clean

help:
	@echo "make demo     run the customer-support example; tables, pictures and a manifest go to $(DEMO)/"
	@echo "make test     everything that CI checks: style, types, import rules, tests"
	@echo "make docs     the documentation as a web site, in docs/_build"
	@echo "make format   put the code into the project's format"
	@echo "make bench    every yardstick: floor, model by hand, other libraries, memory, growth (20 minutes)"
	@echo "make lock     work out requirements/*.txt again after a change of pyproject.toml"
	@echo "make clean    remove .venv, caches and the demo's output"

demo: $(RUN_READY)
	@rm -rf $(DEMO)
	@$(BIN)/bposim run scenarios/customer-support.yaml -o $(DEMO)
	@echo "Tables, pictures and the manifest are in $(CURDIR)/$(DEMO)"

test: $(DEV_READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest

docs: $(DEV_READY)
	$(BIN)/python docs/generate.py
	$(BIN)/sphinx-build --quiet --fail-on-warning --keep-going docs docs/_build
	@echo "Open docs/_build/index.html"

format: $(DEV_READY)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

# One thread for linear algebra, as the command has it.
bench: $(RUN_READY)
	OPENBLAS_NUM_THREADS=1 $(BIN)/python benchmarks/bench.py $(BENCH_FLAGS)

lock: $(DEV_READY)
	$(LOCK) pyproject.toml --group build --output-file requirements/run.txt
	$(LOCK) pyproject.toml --extra all --group dev --constraint requirements/run.txt --output-file requirements/dev.txt

clean:
	rm -rf $(VENV) $(DEMO) .bench dist docs/_build .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "bposim needs Python 3.11 or newer, and none was found. Install one, or name it: make PYTHON=/path/to/python3.12" >&2; \
		exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "bposim needs Python 3.11 or newer, and $(PYTHON) is not." >&2; exit 1; }
	@echo "Making a virtual environment in $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
		echo "No virtual environment could be made; on Debian and Ubuntu this needs: apt-get install python3-venv" >&2; exit 1; }

# Stamps of an environment whose interpreter has gone (an upgrade, a removal) are worth nothing: install again.
ifneq ($(shell test -x $(BIN)/python && echo usable),usable)
.PHONY: new-environment
$(RUN_READY) $(DEV_READY): new-environment
endif

$(RUN_READY): requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages (once; about half a minute)"
	@$(PIP) install --require-hashes -r requirements/run.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# dev.txt holds everything of run.txt, so the demo finds its packages after the tests as well.
$(DEV_READY): requirements/dev.txt requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages with the tools for testing (once; about a minute)"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $(RUN_READY) $@
