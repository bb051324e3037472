# Two commands: `make lab` installs and opens the course, `make test` installs and runs every test.
PYTHON ?= python3
VENV ?= .venv
LITE := $(VENV)-lite
BIN := $(VENV)/bin
NOTEBOOKS := $(wildcard notebooks/*.ipynb)
# Lab starts a kernel by itself and asks nobody for news.
export JUPYTER_CONFIG_PATH := $(CURDIR)/app/jupyter
export JUPYTER_PLATFORM_DIRS := 1

.PHONY: lab app test check unit notebooks-test browser slow bench build lite lite-test lock help

help:
	@echo "make lab    install what is needed and open the course in JupyterLab"
	@echo "make app    the same course as an app page, without code (Voilà)"
	@echo "make test   install what is needed and run every test"
	@echo "make build  build notebooks/*.ipynb from notebooks/src"
	@echo "make lite   build the course for a browser alone into _lite/ (full edition: JDM_PYODIDE_DIR=folder)"
	@echo "make lite-test  test the browser edition alone"
	@echo "make site   build the reading edition, pages without Python, into _site/"
	@echo "make bench  measure speed beside named peers"

$(VENV)/bin/uv:
	@echo "==> Making a virtual environment in $(VENV)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 …")'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv

# One stamp per pinned set; the package itself is installed as it stands in this folder.
$(VENV)/%.stamp: requirements/%.txt pyproject.toml $(VENV)/bin/uv
	@echo "==> Installing the pinned packages of $<"
	@VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r $<
	@VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet --no-deps --editable .
	@touch $@

lab: $(VENV)/lab.stamp
	@echo "==> Opening the course. Stop it with Ctrl+C in this window."
	@$(BIN)/jupyter lab --notebook-dir=notebooks --LabApp.default_url=/lab/tree/00_start_here.ipynb

app: $(VENV)/lab.stamp
	@echo "==> Opening the app page. Stop it with Ctrl+C in this window."
	@$(BIN)/jdm-teach app

test: $(VENV)/test.stamp
	@$(MAKE) --no-print-directory check unit notebooks-test browser
	@echo "==> All tests passed."

check:
	@echo "==> Style and types"
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

unit:
	@echo "==> Unit tests"
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal tests/unit tests/notebooks

# nbval compares the marked cells and runs the rest; every form answers itself once while the page runs.
notebooks-test:
	@echo "==> Notebooks (nbval)"
	@JDM_TEACH_REHEARSE=1 $(BIN)/python -m pytest -q --nbval --nbval-cell-timeout=60 --nbval-sanitize-with tests/notebooks/sanitize.cfg \
	  -p tests.notebooks.nbval_patience -n 2 --dist loadscope $(NOTEBOOKS)

browser:
	@echo "==> In a real browser"
	@$(BIN)/python -m pytest -q tests/browser

# The long proofs, and the pathway beside an independent engine (which the bench set brings).
slow: $(VENV)/test.stamp $(VENV)/bench.stamp
	@echo "==> Slow tests"
	@$(BIN)/python -m pytest -q -n 2 --dist worksteal --run-slow -m "slow or engine" tests/unit

bench: $(VENV)/bench.stamp
	@$(BIN)/python -m benchmarks

build: $(VENV)/test.stamp
	@$(BIN)/python tools/build_notebooks.py

# The browser edition; where there is a Chromium, the time to the first question is measured in it.
lite: $(VENV)/test.stamp $(LITE)/lite.stamp
	@$(BIN)/python tools/build_lite.py

# All that is tested of the browser edition; the rest of it needs JDM_PYODIDE_DIR=folder or JDM_PYODIDE_DONOR=1.
lite-test: $(VENV)/test.stamp $(LITE)/lite.stamp
	@echo "==> The browser edition"
	@JDM_REQUIRE_LITE=1 $(BIN)/python -m pytest -q -n 2 --dist worksteal tests/unit/test_lite.py
	@JDM_REQUIRE_LITE=1 $(BIN)/python -m pytest -q -s tests/browser/test_lite.py

# JupyterLite has an environment of its own: its extensions would load in the course's JupyterLab too and find no home there.
# Node runs the browser's Python in the tests and fetches it from the npm registry.
$(LITE)/lite.stamp: requirements/lite.txt tests/lite/nodejs.txt $(VENV)/bin/uv
	@echo "==> Installing the builder of the browser edition in $(LITE)"
	@$(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(LITE)
	@VIRTUAL_ENV=$(abspath $(LITE)) $(BIN)/uv pip install --quiet --require-hashes -r $< -r tests/lite/nodejs.txt
	@touch $@

test: $(LITE)/lite.stamp

# Pinned sets carry hashes and no download addresses.
COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate
# What the browser build of Python brings itself is not taken from elsewhere.
CALCULATION = numpy pandas matplotlib contourpy cycler fonttools kiwisolver pillow pyparsing python-dateutil six tzdata
COMPILE_PAGE = $(BIN)/uv pip compile --quiet --python-version 3.14 --generate-hashes --no-emit-index-url --no-emit-find-links \
  --no-header --no-annotate
lock: $(VENV)/bin/uv
	@$(COMPILE) --group lab -o requirements/lab.txt
	@$(COMPILE) --group lab --extra test --extra room -c requirements/lab.txt -o requirements/test.txt
	@$(COMPILE) --group site -c requirements/test.txt -o requirements/site.txt
	@$(COMPILE) --extra bench -c requirements/test.txt -o requirements/bench.txt
	@$(COMPILE) --group lab --group lite -c requirements/test.txt -o requirements/lite.txt
	@$(COMPILE_PAGE) $(addprefix --no-emit-package ,$(CALCULATION)) lite/browser.in -o requirements/lite_browser.txt
	@$(COMPILE_PAGE) tests/lite/node.in -o tests/lite/node.txt
	@$(subst pyproject.toml,,$(COMPILE)) tests/lite/nodejs.in -o tests/lite/nodejs.txt

# The reading edition: executed lessons, guides and evidence as pages that need neither Python nor a network.
.PHONY: site
site: $(VENV)/site.stamp
	@echo "==> Building the reading edition"
	@$(BIN)/python tools/build_site.py

# The tests build a small site of two lessons.
test: $(VENV)/site.stamp
