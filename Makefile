# Each target does everything from nothing but python3 (3.11 to 3.13, with venv and pip) and make.
# PYTHON=/path/to/python3 chooses the interpreter; .ci/python takes the newest that runs.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup sample demo test check bench calibrate lab lock clean

BIN := .venv/bin
export UV := 0.13.9
export PYTHON

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## the environment alone: .venv with what requirements.lock says
	@.ci/environment

sample: data/sample/truth.json ## the simulated shop's tables, in data/sample; made anew when the simulation has changed

data/sample/truth.json: $(wildcard src/workbench/simulate/*.py) | setup
	@$(BIN)/workbench sample

demo: sample ## the sample, every study on it, two at a time, and the page that lists them
	@status=0; $(BIN)/workbench run experiments/*.yaml --jobs 2 || status=$$?; \
	echo "The reports: open $(CURDIR)/runs/index.html in a browser"; exit $$status

test: sample ## every test: the code with doctests, two at a time, then the notebooks cell by cell
	@status=0; \
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile || status=$$?; \
	$(BIN)/python -m pytest --nbval-lax --nbval-current-env notebooks || status=$$?; \
	exit $$status

check: setup ## style, types and the walls between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench: sample ## speed and memory beside the peers', as a table in tests/benchmarks
	@$(BIN)/python tests/benchmarks/run.py

calibrate: setup ## every estimator on 200 simulated platforms, held against their truth, as a table in tests/calibration
	@$(BIN)/python tests/calibration/run.py

lab: sample ## JupyterLab on the notebooks, for this machine only
	@$(BIN)/jupyter lab --ip 127.0.0.1 --notebook-dir notebooks $(if $(filter 0,$(shell id -u)),--allow-root)

lock: setup ## requirements.lock anew from pyproject.toml; UPGRADE=1 takes the newest versions allowed
	@$(BIN)/python -m pip --disable-pip-version-check --quiet install uv==$(UV)
	@$(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --extra test --extra dev \
	    --no-annotate --no-header --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade) --output-file requirements.lock

clean: ## everything that these targets made, except runs/
	rm -rf .venv .workbench data/sample .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
