# `make run` starts Taskdeck, `make test` tests it, `make help` lists the other targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Processes that test in parallel: more than cores, because tests wait much of their time.
TESTERS ?= 3
# How long `make fuzz` looks for cases that break a property.
MINUTES ?= 10
# Drills that run in parallel, each with its own servers.
LANES ?= 2
# What `make bench` measures; all if it is empty.
MEASURES ?=
# What `make simulation` plays.
SEEDS ?= 1-50

# The releases of Debian on which packages are tried: the oldest and the newest that are supported.
SUITES ?= bookworm trixie
# What the wheel is tested on: each Python that is supported and can be found.
PYTHONS ?= $(foreach minor,11 12 13 14,$(firstword $(foreach python,python3.$(minor) $(wildcard $(HOME)/.pyenv/versions/3.$(minor).*/bin/python),\
	$(shell $(python) -c 'import sys; print(sys.executable)' 2>/dev/null))))
# Tests start some hundred processes, each of which would compile all that it imports.
unexport PYTHONDONTWRITEBYTECODE
# The time of all files of a package, so that the same commit gives the same bytes.
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1577836800)

.PHONY: docs release package-test wheel wheel-test api-fuzz attacks permissions sbom settings-table sync-client fuzz simulation faults faults-long soak help install run test lint bench translations package clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/'

install: $(STAMP) ## Create .venv and install everything into it

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Taskdeck requires Python 3.11 or later. Choose one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv module is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing into $(VENV) (a few minutes the first time) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[console,dev]'
	@touch $@

run: ## Start the local backend and the console
	@installer/system-packages.sh run
	@$(MAKE) --no-print-directory install
	@$(BIN)/taskdeck up || test $$? -eq 130

test: ## Lint, check types and layers, and run all tests
	@installer/system-packages.sh test
	@$(MAKE) --no-print-directory install
	@$(MAKE) --no-print-directory lint
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -q -n $(TESTERS) --dist worksteal

lint: install ## Check style, types, layers, dead code, secrets and known vulnerabilities
	$(BIN)/ruff check .
	$(BIN)/ruff format --check -q .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(BIN)/python -m tests.secret_scan
	$(BIN)/python -m tests.dependency_audit

bench: install ## Measure speed, or only MEASURES="api chain"; an hour for all
	@installer/system-packages.sh bench
	$(BIN)/python -m tests.bench $(MEASURES)

bench-peers: install ## Measure other queues beside Taskdeck, in an environment of their own; ten minutes
	@installer/system-packages.sh test
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install -q --disable-pip-version-check -r tests/bench/peers/requirements.txt
	$(BIN)/python -m tests.bench.peers .venv-peers/bin/python

bench-schedulers: install ## Measure Airflow and Prefect beside Taskdeck, each in an environment of its own; ten minutes
	@installer/system-packages.sh test
	@for peer in airflow prefect; do \
		test -x .venv-$$peer/bin/python || $(PYTHON) -m venv .venv-$$peer || exit 1; \
		.venv-$$peer/bin/python -m pip install -q --disable-pip-version-check -r tests/bench/schedulers/requirements-$$peer.txt || exit 1; \
	done
	$(BIN)/python -m tests.bench.schedulers --airflow .venv-airflow/bin/python --prefect .venv-prefect/bin/python

simulation: install ## Play seeded faults in virtual time (SEEDS=1-200), and a virtual year of schedules
	@installer/system-packages.sh test
	$(BIN)/python -m tests.simulation --seeds $(SEEDS) --processes $(LANES) --year

fuzz: install ## Look for cases that break a property; ten minutes, or MINUTES=…
	@installer/system-packages.sh test
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.fuzz --minutes $(MINUTES)

api-fuzz: install ## Send generated requests to every operation as each role; MINUTES=…
	@installer/system-packages.sh test
	$(BIN)/python -m tests.api_fuzz --minutes $(MINUTES)

attacks: install ## Attack running systems in every way of the table, and print what each attack got
	@installer/system-packages.sh test
	$(BIN)/python -m tests.attacks

permissions: install ## Take away each permission, one at a time, and name those that no test misses
	@installer/system-packages.sh test
	$(BIN)/python -m tests.permissions --lanes $(LANES)

faults: install ## Break servers and processes under load, and check what must hold; two minutes
	@installer/system-packages.sh test
	$(BIN)/python -m tests.faults.drill --lanes $(LANES)

faults-long: install ## The same more often, with faults that take minutes; an hour
	@installer/system-packages.sh test
	$(BIN)/python -m tests.faults.drill --long

soak: install ## Half an hour of load without faults, in which nothing may grow
	@installer/system-packages.sh test
	$(BIN)/python -m tests.faults.drill --soak 1800

translations: install ## Collect the console's texts and compile the translations
	$(BIN)/python -m tests.console.update_translations

settings-table: install ## Write docs/reference/settings.md and deploy/docker/.env.example
	$(BIN)/python -m tests.settings_table
	$(BIN)/python -m tests.env_example

sync-client: install ## Write shared/client/sync_client.py from the asynchronous client
	$(BIN)/python -m tests.sync_client

sbom: install ## Write dist/taskdeck.cdx.json: what an installation with the console consists of (CycloneDX)
	rm -rf build/sbom && $(PYTHON) -m venv build/sbom && mkdir -p dist
	build/sbom/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt '.[console]'
	build/sbom/bin/python -m pip uninstall -q -y pip setuptools
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON \
		-o dist/taskdeck.cdx.json build/sbom/bin/python

docs: install ## Build the documentation site into resources/docs/site; warnings are errors
	$(BIN)/python -m tests.documentation

wheel: docs ## Build wheels and source distributions of program and client into dist/, the same bytes for a commit
	$(BIN)/python -m build --no-isolation -o dist .
	$(BIN)/python -m installer.client_package dist

package: docs ## Build the application, a .deb and a self-extracting .run into dist/ (Linux)
	@installer/system-packages.sh package
	$(PYTHON) -m venv build/package-python
	build/package-python/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt '.[console,redis,package]'
	nice installer/build_packages.sh build/package-python/bin/python

package-test: ## Install, use, upgrade and remove the packages of dist/ in clean roots of Debian; needs root; SUITES="…"
	@installer/system-packages.sh package-test
	nice installer/package_test.sh $(SUITES)

wheel-test: install ## Install the wheel on every Python that is found, or on PYTHONS="…", and use it
	@echo "Pythons: $(PYTHONS)"
	TASKDECK_TEST_PYTHONS="$(PYTHONS)" $(BIN)/python -m pytest -q tests/installer/test_wheel.py

release: install ## Check, tag and build VERSION=X.Y.Z with checksums, signature (SIGNING_KEY=…, MINISIGN_KEY=…) and SBOM; pushes nothing
	installer/release.sh "$(VERSION)"

clean: ## Remove .venv and everything that was built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
