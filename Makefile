# `make` alone brings everything that the checkout needs: a virtual environment, Node (as a wheel), the browser
# assets, the catalogues, a browser for the tests. It asks for nothing but python3 and make.

PYTHON ?= python3
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
DONE := $(VENV)/done
VENDOR := src/fiducial/web/static/vendor/manifest.json
CATALOGUES := $(wildcard src/fiducial/*/locale/*/LC_MESSAGES/*.po src/fiducial/locale/*/LC_MESSAGES/*.po)
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --no-emit-index-annotation

# Where Playwright keeps a browser, should it have to bring one: in the checkout, not in somebody's home.
export PLAYWRIGHT_BROWSERS_PATH := $(CURDIR)/$(VENV)/browsers
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := bootstrap
.DELETE_ON_ERROR:
.PHONY: bootstrap install assets texts browser demo test check audit bench soak build lock clean help

bootstrap: install assets texts browser ## everything below that the others need (this is what plain `make` does)

# ---- the ground -------------------------------------------------------------------------------------------------

$(DONE)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "fiducial needs Python 3.11 or newer, and $(PYTHON) is `$(PYTHON) -V 2>&1`: try make PYTHON=python3.12"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@mkdir -p $(DONE) && touch $@

$(DONE)/packages: requirements/dev.txt $(DONE)/venv
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

$(DONE)/install: pyproject.toml $(DONE)/packages
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DONE)/npm: assets/package.json assets/package-lock.json $(DONE)/packages
	cd assets && PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(VENDOR): scripts/assets.py src/fiducial/web/icons.txt $(DONE)/npm
	$(BIN)/python scripts/assets.py

$(DONE)/texts: $(CATALOGUES) $(wildcard scripts/texts.py) $(DONE)/install
	@if [ -f scripts/texts.py ]; then $(BIN)/python scripts/texts.py compile; fi
	@touch $@

$(DONE)/browser: scripts/browser.py tests/services/chromium.py $(DONE)/packages
	@if $(BIN)/python scripts/browser.py; then touch $@; fi

install: $(DONE)/install ## the virtual environment with the locked packages
assets: $(VENDOR) ## what the pages take from npm
texts: $(DONE)/texts ## the compiled catalogues
browser: $(DONE)/browser ## a Chromium and a Chinese font for the tests, if this machine has none

# ---- what people do ---------------------------------------------------------------------------------------------

demo: install assets texts ## a demo plant, one run from work order to trace, and the address to look at it
	$(BIN)/fiducial demo run $(ARGS)

test: bootstrap ## all tests but the long ones
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

check: install assets texts ## style, types, floors, translations, reference pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src
	$(BIN)/lint-imports --no-logo
	@if [ -f scripts/texts.py ]; then echo "$(BIN)/python scripts/texts.py check"; $(BIN)/python scripts/texts.py check; fi
	@if [ -f scripts/reference.py ]; then echo "$(BIN)/python scripts/reference.py --check"; $(BIN)/python scripts/reference.py --check; fi
	@echo "known faults of the packages are looked up apart, since that asks the network: make audit"

audit: install ## known faults of the locked packages (asks the network); fails also when they could not be looked up
	$(BIN)/python scripts/audit.py

bench: install assets texts ## what the station's work costs, against two floors taken in the same run
	$(BIN)/python bench/start.py
	$(BIN)/python bench/station.py $(ARGS)

soak: bootstrap ## the long runs: tests/faults, every endpoint asked hundreds of times, people who do whatever comes, a plant at work with a year behind it, on both databases
	$(BIN)/python -m pytest --soak tests/faults tests/api/test_every_endpoint.py tests/api/test_invariants.py $(ARGS)
	$(BIN)/python bench/plant.py --engine sqlite --times 1 10 --seconds 600 --units 500000 --check
	$(BIN)/python bench/plant.py --engine postgresql --times 1 10 --seconds 600 --units 500000 --check

build: install assets texts ## the wheel and the source package, in dist/
	$(BIN)/hatchling build -d dist

lock: $(DONE)/packages ## resolve the packages anew: make lock ARGS=--upgrade
	$(LOCK) $(ARGS) --group dev pyproject.toml -o requirements/dev.txt >/dev/null
	$(LOCK) $(ARGS) --constraints requirements/dev.txt pyproject.toml -o requirements/run.txt >/dev/null
	cd assets && PATH="$(CURDIR)/$(BIN):$$PATH" npm install --package-lock-only --omit-lockfile-registry-resolved \
		--ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error

clean: ## remove all that was made here
	rm -rf $(VENV) assets/node_modules dist var src/fiducial/web/static/vendor
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +
	find src -name '*.mo' -exec rm -f {} +

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile
