# make lab · make test · make lessons · make class · make pages · make release · make collect · make grade · make bench · make lint
# Compiled once when installed, so that no start of Python, and marking starts many, compiles it again.
export UV_COMPILE_BYTECODE := 1
UV := $(or $(shell command -v uv),.uv/bin/uv)
RUN := $(UV) run --frozen
ALL := $(RUN) --all-groups
PORT ?= 8888
BROWSER ?= 1
LESSON ?= 02_self_and_nonself

lab: $(UV) ## open the course in JupyterLab (PORT=8889; BROWSER=0 only prints the address)
	$(RUN) jupyter lab --config=jupyter_lab_config.py --port=$(PORT) --ServerApp.port_retries=0 $(if $(filter 0,$(BROWSER)),--no-browser)

test: $(UV) ## pass every test
	tools/system-packages
	$(ALL) pytest --numprocesses=3 --dist=loadfile --no-loadscope-reorder $(ARGS)

lessons: $(UV) ## run every lesson and keep its outputs (with an empty diary: nobody's own answers are saved)
	SELF_AND_NON_SELF_FOLDER=$$(mktemp -d) $(ALL) jupyter nbconvert --to notebook --inplace --execute --ExecutePreprocessor.record_timing=False course/*.ipynb

class: $(UV) ## show a class handing in, being marked and getting its work back (LESSON=02_self_and_nonself)
	$(ALL) python -m tools.classroom $(LESSON)

pages: $(UV) ## write the glossary and the list of sources (course/*.md)
	$(RUN) python -m tools.pages

release: $(UV) ## make release/ from source/ (LESSON=02_self_and_nonself makes one)
	$(ALL) python -m tools.release $(if $(filter-out file default,$(origin LESSON)),$(LESSON))

collect: $(UV) ## fetch what was handed in, and believe nothing of it (LESSON=02_self_and_nonself)
	$(ALL) safegrade collect $(LESSON) --update

grade: $(UV) ## mark what was collected (LESSON=02_self_and_nonself)
	$(ALL) safegrade mark $(LESSON)

bench: $(UV) ## measure speed, as ratios in one run
	$(ALL) python -m benchmarks

lint: $(UV) ## check the style of the code
	$(ALL) ruff check

environment.yml: $(UV) pyproject.toml uv.lock tools/environment.py ## write the list for conda and Binder
	$(RUN) python -m tools.environment > $@

.uv/bin/uv:
	python3 -m venv .uv || tools/system-packages python3-venv && python3 -m venv .uv
	.uv/bin/pip install --quiet uv

help: ## list these targets
	@grep --extended-regexp '^[a-z.]+:.*##' Makefile | sed 's/:.*##/ —/'

.PHONY: lab test lessons class pages release collect grade bench lint help
