# Needs only python3 (3.11 or newer) and make. `make help` lists the targets.
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
TESTS ?= tests
JOURNEYS = $(if $(filter tests,$(TESTS)),tests/e2e,$(filter tests/e2e%,$(TESTS)))
PARTS = $(filter-out tests/e2e%,$(TESTS))

.DEFAULT_GOAL := help
.PHONY: help up test lint types contracts unit explore ci bench bench-rules screenshots lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

$(VENV)/.run: requirements.lock pyproject.toml infra/bootstrap.py
	@$(PYTHON) infra/bootstrap.py $(VENV) requirements.lock $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml infra/bootstrap.py
	@$(PYTHON) infra/bootstrap.py $(VENV) requirements-dev.lock $@
	@touch $(VENV)/.run

up: $(VENV)/.run ## start Otklik with all its servers; Ctrl-C stops
	@exec $(BIN)/otklik up

test: lint types contracts unit ## everything: lint, types, import contracts, all tests

lint: $(VENV)/.dev ## ruff
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .

types: $(VENV)/.dev ## mypy --strict
	$(BIN)/mypy

contracts: $(VENV)/.dev ## who may import whom
	$(BIN)/lint-imports --no-logo

unit: $(VENV)/.dev ## unit, contract, browser tests and journeys, with coverage (TESTS=path narrows)
	$(if $(PARTS),$(BIN)/python -m pytest -q --numprocesses 2 --cov --cov-report= --cov-fail-under=0 \
	  --ignore tests/e2e $(PARTS))
	$(if $(JOURNEYS),$(BIN)/python -m pytest -q --cov --cov-append --cov-report= --cov-fail-under=0 $(JOURNEYS))
	$(BIN)/python -m coverage report $(if $(filter-out tests,$(TESTS)),--fail-under=0)

explore: $(VENV)/.dev ## new random examples for every property and state machine; takes long
	HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest -q --numprocesses 2 --timeout 3600 \
	  $$(grep -lrE "@given|Settling|StateMachine" $(TESTS) --include 'test_*.py')

ci: test ## what CI runs

bench: $(VENV)/.dev ## 50,000 posts down the whole road, then the lag of 500 sources (BENCH="--only lag")
	$(BIN)/python -m tests.bench $(BENCH)

bench-rules: $(VENV)/.dev ## the rule matcher against its peers; draws docs/rules-speed.svg
	$(BIN)/python -m tests.bench.rules $(BENCH)

screenshots: $(VENV)/.dev ## the pictures of README.md, from a real run
	$(BIN)/python -m tests.screenshots

lock: ## resolve the dependencies anew (needs uv)
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 --extra build --extra dev -c requirements.lock \
	  pyproject.toml -o requirements-dev.lock

clean: ## remove the virtual environment and caches (the data in .data stay)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
