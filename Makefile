SHELL := bash
PYTEST_WORKERS ?= 3
.PHONY: setup demo test bench lint constraints
.DEFAULT_GOAL := setup

setup: .venv/.setup

demo: setup
	.venv/bin/newsletter demo

test: .venv/.dev
	scripts/test-needs.sh
	.venv/bin/pytest -n $(PYTEST_WORKERS) --dist loadfile

bench: .venv/.dev
	scripts/test-needs.sh
	scripts/bench.sh

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

# resolves every dependency anew, to the newest versions that go together
constraints: .venv/.setup
	.venv/bin/uv pip compile --quiet --universal --upgrade --no-header --no-annotate \
		--extra postgres --group dev --output-file constraints.txt pyproject.toml

NEEDS := pyproject.toml constraints.txt scripts/setup.sh

.venv/.setup: $(NEEDS)
	scripts/setup.sh
	@touch $@

.venv/.dev: .venv/.setup
	scripts/setup.sh --group dev
	@touch $@
