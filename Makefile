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
# What `make simulation` plays.
SEEDS ?= 1-50

.PHONY: api-fuzz attacks sbom settings-table fuzz simulation faults faults-long soak help install run test lint bench translations package clean

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

bench: install ## Measure speed
	@installer/system-packages.sh test
	$(BIN)/python -m tests.bench

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

settings-table: install ## Write the table of settings in README.md
	$(BIN)/python -m tests.settings_table

sbom: install ## Write dist/taskdeck.cdx.json: what an installation with the console consists of (CycloneDX)
	rm -rf build/sbom && $(PYTHON) -m venv build/sbom && mkdir -p dist
	build/sbom/bin/python -m pip install -q --disable-pip-version-check -c constraints.txt '.[console]'
	build/sbom/bin/python -m pip uninstall -q -y pip setuptools
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --of JSON \
		-o dist/taskdeck.cdx.json build/sbom/bin/python

package: install ## Build the wheel into dist/
	$(BIN)/python -m pip wheel -q --no-deps -w dist .

clean: ## Remove .venv and everything that was built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
