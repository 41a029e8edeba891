# Taskdeck: `make run` to try it, `make test` to check it, `make help` for the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Processes that test in parallel: more than cores, because tests wait much of their time.
TESTERS ?= 3
# Faults that are injected at once, each into servers of its own.
LANES ?= 2

.PHONY: settings-table simulation faults faults-long soak help install run test lint bench translations package clean

help: ## Say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/'

install: $(STAMP) ## Make .venv and install everything into it

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Taskdeck needs Python 3.11 or later; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "Python's venv is missing; on Debian: apt-get install python3-venv"; exit 1; }
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

lint: install ## Check style, types, layers and for dead code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check -q .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture

bench: install ## Measure speed
	@installer/system-packages.sh test
	$(BIN)/python -m tests.bench

simulation: install ## Play a virtual year of a thousand schedules
	$(BIN)/python -m tests.simulation

faults: install ## Break servers and processes under load, and see what holds; two minutes
	@installer/system-packages.sh test
	$(BIN)/python -m tests.faults.drill --lanes $(LANES)

faults-long: install ## The same for longer, and what takes minutes; an hour
	@installer/system-packages.sh test
	$(BIN)/python -m tests.faults.drill --long

soak: install ## Half an hour of load with nothing broken: nothing may grow
	@installer/system-packages.sh test
	$(BIN)/python -m tests.faults.drill --soak 1800

translations: install ## Collect the console's texts and compile their translations
	$(BIN)/python -m tests.console.update_translations

settings-table: install ## Write the table of settings in README.md
	$(BIN)/python -m tests.settings_table

package: install ## Build the wheel into dist/
	$(BIN)/python -m pip wheel -q --no-deps -w dist .

clean: ## Remove what was built
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
