# make run, make test: all that a fresh checkout needs. `make help` lists the rest.
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
RUN_READY := $(VENV)/.stamp-run
DEV_READY := $(VENV)/.stamp-dev
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes
DJANGO_CHECK := DATA_DIR=$${TMPDIR:-/tmp}/reelkeeper-check $(PY) manage.py

.DEFAULT_GOAL := help
.PHONY: help run test test-unit test-e2e test-quick check bench format lint-static lock licences

help:
	@echo "make run     start Reelkeeper on http://127.0.0.1:8000 (PORT=... for another)"
	@echo "make test    run every test        make check   linters, types, migrations"
	@echo "make test-quick   the tests that take less than two minutes together"
	@echo "make bench   measure               make format  format the code"
	@echo "make lint-static    the linter of style sheets and scripts, for whoever has npm"
	@echo "make lock    pin and hash what requirements*.in ask for, and list the licences"

run: $(RUN_READY)
	@exec $(PY) manage.py serve

test: test-unit test-e2e

test-unit: $(DEV_READY)
	$(PY) -m pytest -n auto --ignore tests/e2e $(PYTEST_ARGS)

test-e2e: $(DEV_READY)
	$(PY) -m pytest -n auto tests/e2e $(PYTEST_ARGS)

test-quick: $(DEV_READY)
	$(PY) -m pytest -n auto --ignore tests/e2e -m "not slow"

check: $(DEV_READY)
	$(PY) -m pip --disable-pip-version-check check
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/djlint templates --lint --quiet
	$(DJANGO_CHECK) makemigrations --check --dry-run
	$(DJANGO_CHECK) check --fail-level WARNING

bench: $(DEV_READY)
	$(PY) -m tests.benchmarks

lint-static:
	npm ci --silent --ignore-scripts
	npx biome lint --error-on-warnings

format: $(DEV_READY)
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

# One file for every Python and system; what is locked stays, but for UPGRADE=--upgrade or "--upgrade-package NAME".
lock: $(DEV_READY)
	for one in requirements requirements-dev; do $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
		$(UPGRADE) $$one.in --output-file $$one.txt || exit; done
	$(MAKE) licences

licences: $(DEV_READY)
	@{ echo "# Licences"; echo; \
	echo "Of what \`make run\` installs, as each package tells it; made by \`make licences\`. Reelkeeper itself is under the"; \
	echo "[MIT licence](../LICENSE), its title font under the [Open Font License](../static/fonts/OFL.txt)."; echo; \
	$(VENV)/bin/pip-licenses --format=markdown --with-system --packages $$(sed -n 's/==.*//p' requirements.txt); } > docs/licences.md

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Reelkeeper needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements.txt | $(VENV)/bin/python
	$(INSTALL) -r requirements.txt
	@touch $@

$(DEV_READY): requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(INSTALL) -r requirements-dev.txt
	@touch $@ $(RUN_READY)
