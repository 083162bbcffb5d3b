# make run, make test: all that a fresh checkout needs. `make help` lists the rest.
PYTHON ?= python3
PY := .venv/bin/python
RUN_READY := .venv/.stamp-run
DEV_READY := .venv/.stamp-dev
DJANGO_CHECK := DATA_DIR=$${TMPDIR:-/tmp}/reelkeeper-check $(PY) manage.py

.DEFAULT_GOAL := help
.PHONY: help run test check bench format lint-static

help:
	@echo "make run     start Reelkeeper on http://127.0.0.1:8000 (PORT=... for another)"
	@echo "make test    run every test        make check   linters, types, migrations"
	@echo "make bench   measure               make format  format the code"
	@echo "make lint-static    the linter of style sheets and scripts, for whoever has npm"

run: $(RUN_READY)
	@exec $(PY) manage.py serve

test: $(DEV_READY)
	$(PY) -m pytest -n auto --dist loadfile --ignore tests/e2e
	$(PY) -m pytest -n auto --dist loadfile tests/e2e

check: $(DEV_READY)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo
	.venv/bin/djlint templates --lint --quiet
	$(DJANGO_CHECK) makemigrations --check --dry-run
	$(DJANGO_CHECK) check --fail-level WARNING

bench: $(DEV_READY)
	$(PY) -m tests.benchmarks

lint-static:
	npm ci --silent --ignore-scripts
	npx biome lint --error-on-warnings

format: $(DEV_READY)
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Reelkeeper needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv

$(RUN_READY): requirements.txt | .venv/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(DEV_READY): requirements.txt requirements-dev.txt | .venv/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(RUN_READY)
