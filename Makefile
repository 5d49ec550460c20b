# For people and for CI alike. `make demo` and `make test` set up whatever they need.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo serve test check bench format tools clean

help: ## what can be made here
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

demo: $(VENV)/.installed ## start Hark with the sample company on http://localhost:8080
	$(BIN)/hark demo

serve: $(VENV)/.installed ## start an empty Hark on http://localhost:8080
	$(BIN)/hark serve

test: $(VENV)/.tested tools check ## set up and run all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -rs

check: $(VENV)/.tested ## style, types, layers
	$(BIN)/ruff format --check hark tests conftest.py
	$(BIN)/ruff check hark tests conftest.py
	$(BIN)/mypy hark
	$(BIN)/lint-imports

bench: $(VENV)/.tested ## measure (see docs/benchmarks.md)
	$(BIN)/hark bench

format: $(VENV)/.tested ## put the code into shape
	$(BIN)/ruff format hark tests conftest.py
	$(BIN)/ruff check --fix hark tests conftest.py

tools: $(VENV)/.tested ## what tests need beyond Python, installed where that may be done
	$(BIN)/python tests/tools.py

clean: ## remove what was set up here (never your data)
	rm -rf $(VENV) tests/clients/node_modules .pytest_cache .mypy_cache .ruff_cache

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	touch $@

$(VENV)/.tested: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $@
