# Everything is set up by the first target that is run: Python 3.11 or newer and make are all that is needed.
#   make PYTHON=/path/to/python3    use this Python
#   make test ARGS='-k derive'      hand arguments to the tool
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint types derived fixtures cassettes check bench clean
export PYTHON

BIN := .venv/bin

help:  ## print these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' Makefile

setup:  ## make .venv ready (every other target does so by itself)
	@sh .ci/setup

demo: setup  ## judge the sample captures, some of which do not conform
	@echo "demo: docpact validate examples/captures"
	@code=0; $(BIN)/docpact validate examples/captures || code=$$?; \
	case $$code in \
	0) echo "demo: all of them conform (exit code 0)" ;; \
	1) echo "demo: some of them do not conform, as they should (exit code 1)" ;; \
	*) echo "demo: docpact failed (exit code $$code)" >&2; exit $$code ;; \
	esac

test: setup  ## run the tests
	@echo "test: pytest"
	@$(BIN)/python -m pytest $(ARGS)

lint: setup  ## look for mistakes and for layout (ruff)
	@echo "lint: ruff"
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m ruff format --check .

types: setup  ## check the types (mypy)
	@echo "types: mypy"
	@$(BIN)/python -m mypy

derived: setup  ## check that derived files, fixtures and cassettes are what is made today
	@echo "derived: docpact derive contracts/task-fetch --check"
	@$(BIN)/docpact derive contracts/task-fetch --check
	@echo "derived: .ci/fixtures --check"
	@sh .ci/fixtures --check
	@echo "derived: .ci/cassettes --check"
	@sh .ci/cassettes --check

fixtures: setup  ## write the sample set, fixtures/, anew
	@sh .ci/fixtures

cassettes: setup  ## record the set of cassettes, cassettes/, anew
	@sh .ci/cassettes

check: test lint types derived  ## all that CI runs

bench: setup  ## measure beside others (installed into benchmarks/out), and draw README's figures; ARGS='bulk --fast'
	@$(BIN)/python benchmarks/bench.py $(ARGS)

clean:  ## remove all that make has made
	rm -rf .venv dist build benchmarks/out .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
