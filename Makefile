# One command each; everything they need they set up themselves. `make` lists them.

.DEFAULT_GOAL := help
.PHONY: help run test check bench lock clean

PYTHON := .venv/bin/python
UV := $(PYTHON) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --quiet

help: ## what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

run: ## the whole house on this machine; Ctrl-C ends it (PORT, HOST, DATA_DIR, DATABASE_URL, REDIS_URL)
	@.ci/setup run
	@exec $(PYTHON) -m ntbcare.cli up

test: ## every test, with real servers and a real browser (ARGS="-k words" for some)
	@.ci/setup test
	@.ci/browser
	@.ci/gateways
	@exec $(PYTHON) -m pytest $(ARGS)

check: ## style, types, import rules and the rules of the house: under a minute
	@.ci/setup test
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy ntbcare channels workers config.py wsgi.py
	.venv/bin/lint-imports
	$(PYTHON) -m pytest -q tests/house

bench: ## measure the house beside raw SQL of the same rows (ARGS="--help")
	@.ci/setup test
	@exec $(PYTHON) -m bench $(ARGS)

lock: ## pin dependencies again: newest versions that pyproject.toml allows, with hashes, without addresses
	@.ci/setup test
	@$(PYTHON) -m pip install --quiet uv
	@$(UV) --upgrade --output-file requirements.lock
	@$(UV) --group test --constraints requirements.lock --upgrade --output-file requirements-test.lock

clean: ## remove what can be made again; the data in instance/ stay
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
