SHELL := bash
PYTEST_WORKERS ?= 3
AUDIT_WORKERS ?= 2
.PHONY: setup demo test prove audit bench lint constraints wheelhouse sbom
.DEFAULT_GOAL := setup

setup: .venv/.setup

demo: setup
	.venv/bin/newsletter demo

test: .venv/.dev
	scripts/test-needs.sh
	.venv/bin/pytest -n $(PYTEST_WORKERS) --dist loadfile

# delivery, broken in every way we know: under an hour, goes on where it was stopped; QUICK=1 does a little of each, in a minute
prove: .venv/.dev
	scripts/test-needs.sh
	.venv/bin/python -m tests.proof $(if $(QUICK),--quick) $(PROVE)

# every kind of mail in every mode: half an hour; AUDIT="--shard 1/4" or AUDIT="-k compact" runs a part, AUDIT=--lf what failed
audit: .venv/.audit
	scripts/test-needs.sh --audit
	.venv/bin/pytest -v -n $(AUDIT_WORKERS) --dist loadgroup tests/audit $(AUDIT)

bench: .venv/.dev
	scripts/test-needs.sh
	scripts/bench.sh

lint: .venv/.dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo

# everything as wheels, for a machine without the internet
wheelhouse: .venv/.setup
	scripts/wheelhouse.sh

# what it consists of, with licences (CycloneDX 1.6)
sbom:
	scripts/sbom.sh

# resolves every dependency anew, to the newest versions that go together
constraints: .venv/.setup
	.venv/bin/uv pip compile --quiet --universal --upgrade --no-header --no-annotate \
		--extra postgres --extra ses --group dev --group audit --output-file constraints.txt pyproject.toml

NEEDS := pyproject.toml constraints.txt scripts/setup.sh

.venv/.setup: $(NEEDS)
	scripts/setup.sh
	@touch $@

.venv/.dev: .venv/.setup
	scripts/setup.sh --group dev
	@touch $@

.venv/.audit: .venv/.dev
	scripts/setup.sh --group audit
	@touch $@
