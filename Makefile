.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
FTA := $(VENV)/bin/findtheactor
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --quiet
TESTS ?= tests
WORKERS ?= auto
PYTEST := $(PY) -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
RIVALS_PYTHON ?= $(PY)
MESSAGE ?=
FACES ?= ../shared/data/faces
GUIDE ?= ../shared/data/guides/tv_guide_fr_telerama_20260820.xml

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: environment ## Index tonight's guide, identify 25 photos, open the web app (SERVE=0: stop before that)
	@$(FTA) demo $(if $(filter 0,$(SERVE)),--no-serve)

.PHONY: serve
serve: environment ## Serve the API and the web app
	@$(FTA) serve

.PHONY: test
test: environment ## Set everything up and run the tests (TESTS=tests/unit: only those; ORDER=random; WORKERS=1)
	@scripts/chromium
	@$(FTA) models prepare
	@$(PYTEST) $(if $(filter random,$(ORDER)),--random-order) $(TESTS)

.PHONY: check
check: lint types ## The inner loop: style, import rules, types and the unit tests, in less than a minute
	@$(PY) -m pytest --numprocesses $$(getconf _NPROCESSORS_ONLN) --dist worksteal tests/unit

.PHONY: bench
bench: environment ## Measure the answer beside its rivals (RIVALS_PYTHON: that has facenet-pytorch, dlib-bin, qdrant-client)
	@$(FTA) models prepare
	@$(PY) -m benchmarks.speed --rivals-python $(RIVALS_PYTHON) \
		--json build/bench.json --markdown build/bench.md

.PHONY: bench-check
bench-check: environment ## Fail when the answer is slower, in proportion to stock and the bare networks, than it may be
	@$(FTA) models prepare
	@$(PY) -m benchmarks.speed --only answer --rounds 9 --check

.PHONY: bench-accuracy
bench-accuracy: environment ## Measure who is named rightly beside the stock pipeline (FACES=folder of data)
	@[ -d $(FACES) ] || { echo "There is no measurement data in $(FACES): name its folder with FACES=…" >&2; exit 1; }
	@$(FTA) models prepare
	@$(PY) -m benchmarks.accuracy --gallery $(FACES)/gallery --probes $(FACES)/probes_photo \
		--probes $(FACES)/probes_tv_still --impostors $(FACES)/impostors --crowd 80 --pictures 3 --held-out \
		--cache var/accuracy/looks.npz

.PHONY: bench-night
bench-night: environment ## Measure nights against a whole world on loopback, and kill one again and again (GUIDE=an XMLTV file)
	@[ -f "$(GUIDE)" ] || { echo "There is no guide $(GUIDE): name an XMLTV file with GUIDE=…" >&2; exit 1; }
	@$(FTA) models prepare
	@$(PY) -m benchmarks.night --guide $(GUIDE) --json build/night.json

.PHONY: lint
lint: environment ## Check style, formatting and who imports whom
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/lint-imports

.PHONY: types
types: environment ## Check the types
	@$(VENV)/bin/mypy

.PHONY: format
format: environment ## Format the code and mend what can be mended
	@$(VENV)/bin/ruff check --fix
	@$(VENV)/bin/ruff format

.PHONY: migration
migration: environment ## Draft a migration from what changed in db/models (MESSAGE="add a table")
	@$(PY) -m db.draft "$(MESSAGE)"

.PHONY: lock
lock: ## Pin the newest allowed version of every dependency, with hashes (needs uv)
	@command -v uv >/dev/null || { echo "uv is missing: install it with 'pip install uv'" >&2; exit 1; }
	@$(COMPILE) --upgrade --all-extras --output-file requirements/all.lock
	@$(COMPILE) --constraints requirements/all.lock --output-file requirements/serve.lock
	@$(COMPILE) --constraints requirements/all.lock --extra prepare --output-file requirements/index.lock

.PHONY: clean
clean: ## Stop the embedded database and delete everything that was made here
	@if [ -x $(FTA) ]; then $(PY) -m db.remove var; fi
	@rm -rf $(VENV) var build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The environment is made anew when the lock changes, and the project's own metadata when pyproject.toml does.
# Each mark is the last thing that is made, so that whatever was interrupted is done again.
.PHONY: environment
environment: $(VENV)/.project

$(VENV)/.packages: requirements/all.lock scripts/environment
	@scripts/environment $(VENV) requirements/all.lock
	@touch $@

$(VENV)/.project: $(VENV)/.packages pyproject.toml
	@PYTHONWARNINGS=ignore $(PY) -m pip install --quiet --disable-pip-version-check \
		--no-deps --no-build-isolation --editable .
	@touch $@
