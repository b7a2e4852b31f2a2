# Every target is a line that a person could type. `make setup` is what the others rest on.
PYTHON ?= python3
BIN := .venv/bin
.PHONY: setup console demo demo-reset test lint bench lock clean

setup: .venv/.ready console/dist/.ready

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

console/dist/.ready: .venv/.ready $(shell find console/src console/public -type f 2>/dev/null) console/package-lock.json console/vite.config.ts
	$(BIN)/python tools/build_console.py
	@touch $@

demo: setup
	$(BIN)/chengyun demo

demo-reset: setup
	$(BIN)/chengyun demo --reset

test: setup
	$(BIN)/python tools/check_browser.py
	$(BIN)/pytest -n 2

lint: setup
	$(BIN)/ruff check src tests bench tools migrations
	$(BIN)/ruff format --check src tests bench tools migrations
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/chengyun scenario check scenarios
	$(BIN)/python tools/npm.py run lint

bench: setup
	$(BIN)/chengyun bench all

lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements.lock

clean:
	rm -rf .venv console/node_modules console/dist .mypy_cache .ruff_cache
