# The targets of daily work. Everything runs from a private virtual environment
# in .venv, made on first use with uv when it is installed and with venv and pip
# when it is not.

PYTHON ?= python3
BIN := .venv/bin
# More than there are cores: the slow tests mostly wait for other processes. Each worker begins elsewhere (worksteal),
# so that those which wait and those which compute run side by side.
WORKERS ?= 4
TESTS ?= tests

.PHONY: demo run test test-fast check lint bench clean
.DEFAULT_GOAL := demo

.venv/.run: pyproject.toml deploy/constraints.txt
	@echo "Setting up .venv (once) ..."
	@if command -v uv >/dev/null 2>&1; then \
		uv venv --quiet --allow-existing --python $(PYTHON) .venv && \
		uv pip install --quiet --python $(BIN)/python -c deploy/constraints.txt -e .; \
	else \
		$(PYTHON) -m venv .venv && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -c deploy/constraints.txt -e .; \
	fi
	@touch $@

.venv/.dev: .venv/.run
	@if command -v uv >/dev/null 2>&1; then \
		uv pip install --quiet --python $(BIN)/python -c deploy/constraints.txt -e '.[dev]'; \
	else \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -c deploy/constraints.txt -e '.[dev]'; \
	fi
	@touch $@

demo: .venv/.run  ## the real service on a bundled wire
	@$(BIN)/wirewatch demo

run: .venv/.run  ## the service on rules/, console channel, embedded store
	@$(BIN)/wirewatch run

check: .venv/.run  ## the rule files in rules/
	@$(BIN)/wirewatch check rules

lint: .venv/.dev  ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint  ## everything CI runs
	$(BIN)/coverage erase
	$(BIN)/pytest -n $(WORKERS) --dist worksteal --cov --cov-report= $(TESTS)
	$(BIN)/coverage report
	WIREWATCH_DATA_DIR=/dev/null WIREWATCH_REDIS_URL= $(BIN)/wirewatch check rules --strict
	$(BIN)/wirewatch fmt rules --check

test-fast: .venv/.dev  ## the quick part: no benchmarks, no kill runs
	$(BIN)/pytest -n $(WORKERS) --dist worksteal -m "not slow" $(TESTS)

bench: .venv/.dev  ## figures for tests/benchmarks/README.md
	$(BIN)/python -m tests.benchmarks

clean:
	rm -rf .venv .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
