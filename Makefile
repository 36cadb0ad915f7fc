# The developer's day; `make help` lists the targets. PYTHON and TORCH_INDEX are explained in packaging/setup.sh.
.DEFAULT_GOAL := help
.PHONY: help run test check bench heart demo models path-prior docs
export PYTHON TORCH_INDEX

BIN := .venv/bin
DATA ?= $(HOME)/.cache/cineviewer-data
WORK ?= build/path-prior

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: ## set up what is missing and open the window on the bundled cases (a picture where there is no display)
	@packaging/setup.sh window
	@packaging/run.sh

test: ## set up what is missing and run the whole suite; ARGS= goes to pytest
	@packaging/setup.sh tests
	@packaging/test.sh $(ARGS)

check: ## format, lint, types, import contracts, then the tests: what CI runs
	@packaging/setup.sh tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	@packaging/test.sh $(ARGS)

bench: ## measure this program's speed beside its peers'
	@packaging/setup.sh window
	$(BIN)/cineviewer benchmark $(ARGS)

heart: ## generate the pair of ventricles anew
	@packaging/setup.sh window
	$(BIN)/python -m cineviewer.heart.generator

demo: ## simulate and explain the bundled cases anew
	@packaging/setup.sh window
	$(BIN)/cineviewer demo

models: ## train the bundled models anew from the PTB-XL folder in DATA
	@packaging/setup.sh window
	$(BIN)/cineviewer train resnet1d --data $(DATA)/ptbxl --out resources/models --resume $(ARGS)

path-prior: ## simulate a family of hearts (into WORK) and teach the learned path anew
	@packaging/setup.sh window
	$(BIN)/python -m cineviewer.simulate.prior $(WORK)

docs: ## take the manual's pictures anew
	@packaging/setup.sh window
	packaging/pictures.sh
