# The words people and CI use. `make help` lists them.
PYTHON ?= python3
ifeq ($(OS),Windows_NT)
  BIN := .venv/Scripts
else
  BIN := .venv/bin
endif
MMD := $(BIN)/mmd
DEMO_ARGS ?=
FAULTS_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test lint run bench conformance conformance-dcp conformance-odrl conformance-evidence faults clean

help: ## what one can ask for
	@$(PYTHON) -c "import re; [print(f'  make {m[0]:<15} {m[1]}') for m in re.findall(r'^([a-z-]+):.*?## (.*)$$', open('Makefile', encoding='utf-8').read(), re.M)]"

# Everything needed, in .venv, at the exact versions of requirements.lock.
.venv/.ready: requirements.lock
	@echo "Preparing .venv (first time: a minute or two) ..."
	@$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed, this is ' + sys.version.split()[0]) if sys.version_info < (3, 11) else None"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -c "open('.venv/.ready', 'w').close()"

demo: .venv/.ready ## a small data space on this machine: real keys, real data, a signed contract, an auditor
	@$(MMD) demo --dir var/demo $(DEMO_ARGS)

test: .venv/.ready ## all tests, offline, in parallel
	@$(BIN)/python -m pytest -n 2 --dist worksteal -q

lint: .venv/.ready ## style, types, floors
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

run: .venv/.ready ## one connector of your own in var/connector (laboratory profile), made at the first run
	@$(MMD) serve --dir var/connector --init-if-missing

bench: .venv/.ready ## figures, never a test: prints a table, writes var/bench.json
	@$(BIN)/python -m tests.bench --output var/bench.json

conformance: .venv/.ready ## the official Dataspace Protocol kit against this connector (Java 17+ and Maven)
	@$(BIN)/python -m tests.conformance.dsp

conformance-dcp: .venv/.ready ## the official kit of the Decentralized Claims Protocol in three roles (Java 17+ and Maven)
	@$(BIN)/python -m tests.conformance.dcp

conformance-odrl: .venv/.ready ## the ODRL test suite of SolidLab and the policies of the IDS, judged rule by rule (needs ../shared)
	@$(BIN)/python -m tests.conformance.odrl

conformance-evidence: .venv/.ready ## evidence files judged by programs that are not ours (Node 20.15+ with npm, Go 1.23+)
	@$(BIN)/python -m tests.conformance.evidence $(if $(EVERY_BYTE),--every-byte)

faults: .venv/.ready ## 1,000 runs of two connectors that are killed at every commit and every send, over a line that fails
	@$(BIN)/python -m tests.faults $(FAULTS_ARGS)

clean: ## removes what make made
	@$(PYTHON) -c "import shutil; [shutil.rmtree(p, ignore_errors=True) for p in ('.venv', 'var', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.hypothesis')]"
