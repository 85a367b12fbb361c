# `make help` lists the targets. Each one makes what it needs in .venv; nothing is installed elsewhere.
.DEFAULT_GOAL := help
.PHONY: help setup report check test test-slow bench docs audit lock clean

BIN := .venv/bin
ARGS ?=
# Two processes: where the time goes is Numba's compiler, and each process compiles what it uses.
WORKERS ?= 2

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## make the development environment
	@tools/environment.sh dev

report: ## measure the embedded sample and write report.html (needs the base environment only)
	@tools/environment.sh base
	$(BIN)/python -m shortgamma report sample --out report.html

check: setup ## format, lint, types and layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/pyright
	$(BIN)/lint-imports

test: setup ## every test but the slow ones (ARGS="-k word" picks some)
	$(BIN)/pytest -m "not slow" -n $(WORKERS) $(ARGS)

# pytest answers 5 where no test carries the marker.
test-slow: setup ## the slow tests
	$(BIN)/pytest -m slow $(ARGS) || [ $$? -eq 5 ]

bench: setup ## time the kernels against other implementations; fails where a target is missed
	$(BIN)/python -m benchmarks $(ARGS)

docs: setup ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

audit: setup ## look up known vulnerabilities of what the locks pin
	$(BIN)/python tools/audit.py

lock: setup ## resolve both locks again; commit them together with pyproject.toml
	$(BIN)/uv pip compile $(COMPILE) --extra build --output-file requirements/base.lock pyproject.toml
	$(BIN)/uv pip compile $(COMPILE) --all-extras --output-file requirements/dev.lock pyproject.toml

COMPILE := --quiet --universal --generate-hashes --no-header --no-annotate --no-emit-find-links

clean: ## remove everything that was built, except .venv
	rm -rf site build dist report.html .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	rm -rf .benchmarks benchmarks/*.so
	find src tests benchmarks tools -type d -name __pycache__ -prune -exec rm -rf {} +
