# Everything a person types to try, test and look after this project. `make help` lists it.

PORT ?= 8000
CLINIC_DATA ?= .data
WORKERS ?= 2

export PYTHONUTF8 = 1
run: export PORT := $(PORT)
run: export CLINIC_DATA := $(abspath $(CLINIC_DATA))

.DEFAULT_GOAL = help
.PHONY: help run test proof check format words bench wheel sbom licences pictures clean

help: ## Say what can be done here
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ## Set up what is missing, then serve with demo people (PORT=8000 CLINIC_DATA=.data)
	@deploy/setup.sh run
	@exec .venv/bin/clinic run --demo

test: ## Set up what is missing, then run the tests: about twelve minutes on two cores
	@deploy/setup.sh test
	.venv/bin/python -m pytest -m "not proof" -n $(WORKERS) --dist worksteal

proof: ## Run the long proofs: kills, fuzz, matrices, journeys
	@deploy/setup.sh test
	.venv/bin/python -m pytest -m proof -o faulthandler_timeout=0

check: ## Look at format, lint, types, weaknesses, the direction of imports, and all content
	@deploy/setup.sh check
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/bandit --quiet --recursive -ll clinic deploy
	.venv/bin/lint-imports --no-logo
	.venv/bin/clinic check

format: ## Put the code into its house format
	@deploy/setup.sh check
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

words: ## Gather the English words into every catalogue of clinic/translations, and compile them
	@deploy/setup.sh check
	@mkdir -p build
	.venv/bin/pybabel -q extract -F babel.cfg -k marked --add-location=file --sort-by-file -o build/messages.pot .
	.venv/bin/pybabel -q update -i build/messages.pot -d clinic/translations --no-fuzzy-matching --ignore-obsolete
	.venv/bin/pybabel -q compile -d clinic/translations

bench: ## Measure; the figures stand in bench/README.md
	@deploy/setup.sh test
	.venv/bin/python bench/run.py

wheel: ## Build dist/clinic_intake-*.whl, with pages and content inside
	@deploy/setup.sh check
	.venv/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

sbom: ## Write build/sbom.cdx.json: what this program is made of (CycloneDX)
	@deploy/setup.sh check
	.venv/bin/python deploy/supply.py sbom --out build/sbom.cdx.json

licences: ## List the licences of everything that is shipped
	@deploy/setup.sh check
	@.venv/bin/python deploy/supply.py licences

pictures: ## Make the pictures of the README anew, from the demo
	@deploy/setup.sh test
	.venv/bin/python deploy/pictures.py

clean: ## Remove what make made; the data in CLINIC_DATA stays
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
