# Every target is a line that a person could type. `make setup` is what the others rest on.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check
COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
.PHONY: setup demo demo-reset test faults lint bench docs lock clean

setup: .venv/.ready .venv/.tools console/dist/.ready

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) tools/check_python.py
	@echo "安装 Python 依赖，首次需要几分钟 … installing Python packages"
	$(PYTHON) -m venv .venv
	$(PIP) install --no-compile --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.tools: .venv/.ready requirements-dev.lock
	@echo "安装测试和检查工具 … installing what tests and checks need"
	$(PIP) install --no-compile --require-hashes -r requirements-dev.lock
	@touch $@

console/dist/.ready: .venv/.ready $(shell find console/src console/public -type f 2>/dev/null) $(wildcard console/*.html console/*.ts) console/package-lock.json
	@echo "构建网页 … building the console and the phone pages"
	$(BIN)/python tools/build_console.py
	@touch $@

demo: .venv/.ready console/dist/.ready
	$(BIN)/chengyun demo

demo-reset: .venv/.ready console/dist/.ready
	$(BIN)/chengyun demo --reset

test: setup
	$(BIN)/python tools/check_browser.py
	$(BIN)/python tools/npm.py test
	$(BIN)/pytest -n 2

faults: setup
	$(BIN)/pytest tests/faults -m ""

lint: setup
	$(BIN)/ruff check src tests bench tools migrations
	$(BIN)/ruff format --check src tests bench tools migrations
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/chengyun scenario check scenarios
	$(BIN)/python tools/npm.py run lint

bench: setup
	$(BIN)/chengyun bench all

docs: setup
	$(BIN)/python -m chengyun.cli.reference > docs/reference/commands.md
	$(BIN)/python -c "from chengyun.kernel.settings import reference; print(reference(), end='')" > docs/reference/settings.md

lock:
	$(COMPILE) --extra build -o requirements.lock
	$(COMPILE) --extra build --extra dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv console/node_modules console/dist .mypy_cache .ruff_cache .import_linter_cache
