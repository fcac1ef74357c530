# Each target sets up what it needs. make demo and make test are the two to know.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SIDE_BY_SIDE := -n auto --dist worksteal

.PHONY: demo test lint bench bench-documents peers soak lock clean

## demo: scrape three days of a korea.kr of our own into demo/news, without network
demo: $(READY)
	@$(BIN)/python -m tests.replica.demo

## test: all tests; those whose optional part is missing say how to get it
test: $(READY)
	@$(BIN)/python -m pytest $(SIDE_BY_SIDE)

## lint: formatting, lint rules, types, and the files in deploy/
lint: $(READY)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@deploy/lint $(BIN)

## bench: what a run costs, beside other programs; some 20 minutes, BENCH=--quick a few
bench: $(READY)
	@$(BIN)/python -m benchmarks $(BENCH)

## bench-documents: our readers beside other libraries; kept in benchmarks/documents.md
bench-documents: $(READY)
	@$(BIN)/python -m benchmarks.documents $(BENCH)  

## peers: the other libraries that benchmarks measure, in an environment of their own
peers: $(READY)
	@$(BIN)/python -c "from benchmarks.environment import peers_python; peers_python()"

## soak: the random tests in their full numbers
soak: $(READY)
	@SOAK=1 $(BIN)/python -m pytest $(SIDE_BY_SIDE)

## lock: pin every dependency again (needs uv)
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	    -q pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	    -q --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) .bench demo build *.egg-info .mypy_cache .pytest_cache .ruff_cache

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "Python 3.11 or newer is needed; name one: make PYTHON=python3.12" >&2; \
	    exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { \
	    echo "the venv module is missing; on Debian: apt-get install python3-venv" >&2; \
	    exit 1; }
	@echo "installing the locked dependencies into $(VENV) …"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes \
	    -r requirements-dev.lock
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
