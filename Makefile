# One-line targets over the tools in the locked environment. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
RUN := $(UV) run --frozen --no-sync
PORT ?= 8000
DATA ?= ./data

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | sort

$(UV):
	@$(PYTHON) -m venv .tools && .tools/bin/python -m pip install --quiet uv==$(UV_VERSION)

.venv/.development: pyproject.toml uv.lock | $(UV)
	@$(UV) sync --frozen --quiet && touch $@

.venv/.installed: pyproject.toml uv.lock | $(UV)
	@test -e .venv/.development || $(UV) sync --frozen --quiet --no-default-groups --group local
	@touch $@
