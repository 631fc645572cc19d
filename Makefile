# Two commands are all that a new machine needs: make demo, make test. Python 3.11, 3.12 or 3.13 comes first, nothing else.

VENV ?= .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$name && break; done)

# Many tests wait for a crawl that waits: four at a time keep two cores busy.
WORKERS := $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 4 ? 4 : cores)))

# Hundreds of processes would compile the same modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo demo-live test check types collected bench deploy train-check pins clean

demo: $(VENV)/crawl.ok
	$(BIN)/scrapy demo

demo-live: $(VENV)/crawl.ok
	$(BIN)/scrapy demo --live

test: check
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal

check: $(VENV)/dev.ok
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache
	+@$(MAKE) --no-print-directory --jobs=2 types collected

types: $(VENV)/dev.ok
	$(BIN)/mypy jira_crawler fake_jira fake_github fake_server benchmarks examples

# Also compiles the tests, asserts and all, before four processes do the same at once.
collected: $(VENV)/dev.ok
	@said=$$($(BIN)/python -m pytest --collect-only -qq 2>&1) || { echo "$$said" | tail -n 40; exit 1; }

bench: $(VENV)/dev.ok
	$(BIN)/python -m benchmarks

# Needs 1.5 GB of packages more. Where the index has no CPU build, pip brings one for GPUs.
train-check: $(VENV)/train.ok
	$(BIN)/python -m pytest tests/train
	$(BIN)/python -m benchmarks.train_check

$(VENV)/crawl.ok: requirements.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: install it, or say make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/dev.ok: requirements-dev.txt $(VENV)/deploy.ok
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENV)/train.ok: $(VENV)/crawl.ok
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint requirements.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint requirements.txt \
		trl transformers tokenizers datasets torchdata pytest hypothesis
	@touch $@

# Builds the egg and brings it to the Scrapyd of scrapy.cfg, or to another one of its targets: make deploy TARGET=name
TARGET ?= default
deploy: $(VENV)/deploy.ok
	$(BIN)/python deploy/deploy.py $(TARGET)

$(VENV)/deploy.ok: deploy/requirements.txt $(VENV)/crawl.ok
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint requirements.txt \
		-r deploy/requirements.txt
	@touch $@

# Writes both files of pins anew from what pyproject.toml asks for.
pins:
	$(PYTHON) -m venv --clear .venv-pins
	.venv-pins/bin/python -m pip install --quiet --no-compile --disable-pip-version-check .
	$(PYTHON) pins.py .venv-pins/bin/python > requirements.txt
	.venv-pins/bin/python -m pip install --quiet --no-compile --disable-pip-version-check '.[dev]'
	$(PYTHON) pins.py .venv-pins/bin/python requirements.txt > requirements-dev.txt
	rm -rf .venv-pins build

clean:
	rm -rf $(VENV) .venv-pins .venv-peers build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
