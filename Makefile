# make lab · make teach · make test · make check · make lessons · make class · make bundle · make views · make pages · make new-lesson · make new-model · make new-question · make release · make collect · make grade · make architecture · make bench · make lint
UV := $(or $(shell command -v uv),.uv/bin/uv)
RUN := $(UV) run --frozen
PYTHON := .venv/bin/python
ALL := $(RUN) --all-groups
PORT ?= 8888
BROWSER ?= 1
LESSON ?= 02_self_and_nonself
GIVEN := $(filter-out file default,$(origin LESSON))
ONE := $(if $(GIVEN),$(LESSON),*)

lab: $(UV) ## open the course in JupyterLab (PORT=8889; BROWSER=0 only prints the address)
	$(UV) sync --quiet --frozen --inexact --only-group desk
	UV=$(UV) $(PYTHON) -m tools.desk --port=$(PORT) --ServerApp.port_retries=0 $(if $(filter 0,$(BROWSER)),--no-browser)

teach: $(UV) ## open JupyterLab as an instructor has it: every folder, and Formgrader
	SELF_AND_NON_SELF_DESK=teach $(ALL) jupyter lab --config=jupyter_lab_config.py --port=$(PORT) --ServerApp.port_retries=0 $(if $(filter 0,$(BROWSER)),--no-browser)

# Compiled at once where many processes start: no start of Python compiles it again.
test check lessons class release grade bench: export UV_COMPILE_BYTECODE := 1

test: $(UV) ## pass every test
	tools/system-packages
	$(ALL) pytest --numprocesses=4 --dist=loadscope --no-loadscope-reorder $(ARGS)

check: $(UV) ## pass the tests that your change touches (the first time all of them)
	tools/system-packages
	$(ALL) pytest --testmon --numprocesses=2 --dist=loadscope --no-loadscope-reorder $(ARGS)

lessons: $(UV) ## run every lesson and keep its outputs, with an empty diary (LESSON=02_self_and_nonself runs one)
	SELF_AND_NON_SELF_FOLDER=$$(mktemp -d) $(ALL) jupyter nbconvert --to notebook --inplace --execute --ExecutePreprocessor.record_timing=False course/$(ONE).ipynb

class: $(UV) ## show a class handing in, being marked and getting its work back (LESSON=02_self_and_nonself)
	$(ALL) python -m tools.classroom $(LESSON)

bundle: $(UV) ## make what learners are given, without a solution or a hidden test: a folder and a zip in build/bundle/
	$(RUN) python -m tools.bundle

views: $(UV) ## keep how each explorer opens (after a change of a model, a view, or what draws and tells them)
	$(RUN) python -m tools.views

pages: $(UV) ## write the glossary, the list of sources, and the list and tables of lessons
	$(RUN) python -m tools.pages

architecture: $(UV) ## draw docs/architecture.svg from the imports of the code
	$(ALL) python -m tools.architecture

new-lesson new-model: $(UV) ## write a skeleton (NAME=09_living_with_it TITLE="Living with it")
	$(ALL) python -m tools.new $(@:new-%=%) "$(NAME)" "$(TITLE)"

new-question: $(UV) ## write a skeleton of a graded question (LESSON=02_self_and_nonself NAME=peak-day)
	$(ALL) python -m tools.new question "$(if $(GIVEN),$(LESSON))" "$(NAME)"

release: $(UV) ## make release/ from source/ (LESSON=02_self_and_nonself makes one)
	$(ALL) python -m tools.release $(if $(GIVEN),$(LESSON))

collect: $(UV) ## fetch what was handed in, and believe nothing of it (LESSON=02_self_and_nonself)
	$(ALL) safegrade collect $(LESSON) --update

grade: $(UV) ## mark what was collected (LESSON=02_self_and_nonself)
	$(ALL) safegrade mark $(LESSON)

bench: $(UV) ## measure speed, as ratios in one run
	$(ALL) python -m benchmarks

lint: $(UV) ## check style, spelling and layers
	$(ALL) ruff check
	$(ALL) codespell
	$(ALL) lint-imports

environment.yml: $(UV) pyproject.toml uv.lock tools/environment.py ## write the list for conda and Binder
	$(RUN) python -m tools.environment > $@

.uv/bin/uv:
	python3 -m pip --version >/dev/null 2>&1 || tools/system-packages python3-pip
	python3 -m pip install --quiet --no-compile --target .uv uv

help: ## list these targets
	@grep --extended-regexp '^[a-z.]+:.*##' Makefile | sed 's/:.*##/ —/'

.PHONY: architecture new-lesson new-model new-question lab teach test check lessons class bundle views pages release collect grade bench lint help
