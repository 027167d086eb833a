# Every target sets up what it needs: a virtual environment in .venv, with uv when present, else pip.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORE := $(VENV)/.core
FULL := $(VENV)/.full
READY := $(VENV)/.ready
ARTICLE ?=
ARTICLES ?=
EXTRAS := cluster,learn,samples,dev
export MPLBACKEND ?= Agg
# Containers often forbid bytecode. Without it every process (a notebook's kernel, a test's worker, a command) compiles
# every package anew, which takes longer than most of them work.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup report test lint types lab notebooks bench bench-annotation bench-lexicons bench-statistics \
	gallery lock baselines lexicons fuzz audit clean

help:  ## Show what can be done
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 20

setup: $(READY)  ## Install everything into .venv, test tools too

# $(call install,WHAT) puts packages into .venv, at the versions that requirements.lock says.
define install
	@if command -v uv >/dev/null 2>&1; then \
		test -x $(BIN)/python || uv venv --quiet --python $(PYTHON) $(VENV); \
		uv pip install --quiet --python $(BIN)/python -c requirements.lock $(1); \
	else \
		test -x $(BIN)/python || $(PYTHON) -m venv $(VENV); \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock $(1); \
	fi
	@touch $@
endef

# A report needs a third of all packages, the notebooks half: nobody waits for test tools before the first chart.
$(CORE): pyproject.toml requirements.lock
	$(call install,-e .)

# JupyterLab would ask a stranger for news and updates, and each newcomer whether it may.
$(FULL): $(CORE)
	$(call install,-e '.[cluster$(comma)learn$(comma)samples]')
	@$(BIN)/jupyter labextension disable --level=sys_prefix "@jupyterlab/apputils-extension:announcements" 2>/dev/null \
		|| echo "JupyterLab will ask whether it may fetch news"

$(READY): $(CORE)
	$(call install,-r requirements.lock)

report: $(CORE)  ## Make the report: of the samples, or ARTICLE=path/to/file.txt
	$(BIN)/framing report $(if $(ARTICLE),"$(ARTICLE)")

AXE := .cache/npm/node_modules/axe-core/axe.min.js
AXE_VERSION := 4.14.1

# The accessibility rules that the browser tests check pages by; without npm those tests skip and say so.
$(AXE):
	@if command -v npm >/dev/null 2>&1; then mkdir -p .cache/npm && npm install --silent --no-save --no-audit --no-fund \
		--ignore-scripts --prefix .cache/npm axe-core@$(AXE_VERSION) >/dev/null; \
	else echo "npm is missing: accessibility is not checked"; fi

# One worker more than processors: a browser or a kernel that starts leaves one idle. Linear algebra keeps to one thread
# in each, or its threads wait for one another for longer than they compute.
test: $(READY) $(AXE) lint types  ## Run the whole test suite
	$(BIN)/pytest -q -m timing $$(grep -l 'mark\.timing' tests/*.py)  # by themselves, on a machine that does nothing else
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -m "not timing" --cov --cov-report=term --cov-fail-under=95 -n $$($(BIN)/python -c 'import os; print(1 + os.cpu_count())') --dist loadfile --no-loadscope-reorder

lint: $(READY)
	$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/basedpyright

# In a container one is often root, and JupyterLab starts for root only if told so.
lab: $(FULL)  ## Open the notebooks in JupyterLab
	$(BIN)/jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) --ServerApp.root_dir=. notebooks/00_start_here.ipynb

notebooks: $(FULL)  ## Run all notebooks again; ARTICLES=path for one's own articles
	$(BIN)/framing notebooks $(if $(ARTICLES),--articles "$(ARTICLES)")

bench: $(READY)  ## Measure the engine against other tools
	$(BIN)/python tests/benchmarks/bench_engine.py

bench-annotation: $(READY)  ## Measure voices and targets on human annotation
	$(BIN)/python tests/benchmarks/bench_voices.py
	$(BIN)/python tests/benchmarks/bench_targets.py
	$(BIN)/python tests/benchmarks/bench_annotation.py

bench-lexicons: $(READY)  ## Measure the lexicons on human labels
	$(BIN)/python tests/benchmarks/bench_lexicons.py
	$(BIN)/python tests/benchmarks/bench_precision.py

bench-statistics: $(READY)  ## Check intervals and tests by simulation
	$(BIN)/python tests/benchmarks/bench_statistics.py

gallery: $(READY)  ## Draw docs/gallery.md, every chart at both widths, and the README's picture
	$(BIN)/python tests/gallery.py

lexicons: $(READY)  ## Learn loaded_language and the sentence model anew from labelled news
	$(BIN)/framing lexicon learn "$${FRAMING_SHARED:-../shared}/data"

lock: pyproject.toml  ## Write requirements.lock anew from pyproject.toml
	uv pip compile --quiet --universal --no-header --no-annotate --no-emit-index-url --python-version 3.11 \
		$(foreach extra,$(subst $(comma), ,$(EXTRAS)),--extra $(extra)) -o requirements.lock pyproject.toml

# In an environment of its own: what looks for faults in the pins is not one of them.
AUDIT := .cache/audit

audit:  ## Look the pinned packages up among known vulnerabilities, where the registry has such a list
	@test -x $(AUDIT)/bin/pip-audit || { $(PYTHON) -m venv $(AUDIT) \
		&& $(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check pip-audit; }
	@rm -f $(AUDIT)/found.json
	@$(AUDIT)/bin/pip-audit -r requirements.lock --disable-pip --no-deps --progress-spinner off \
		--format json --output $(AUDIT)/found.json >/dev/null 2>&1 || true
	$(PYTHON) tests/audit.py $(AUDIT)/found.json

FUZZ_SECONDS ?= 600

fuzz: $(READY)  ## Fuzz every reader for ten minutes, or FUZZ_SECONDS=60
	$(BIN)/python tests/fuzz/readers.py --seconds $(FUZZ_SECONDS)

clean:  ## Remove what was made, but not the environment
	rm -rf reports .pytest_cache .ruff_cache .hypothesis .coverage build dist

comma := ,
