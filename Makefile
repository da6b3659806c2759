# Everything is made under build/. Needs Python 3.11 or newer with venv, git, make and ssh-keygen.
PYTHON ?= python3
CHECKS := $(PYTHON) -m tests.checks
# The environment of the demo and the sandbox: made on first use, there at once afterwards.
DEV = "$$($(CHECKS) --environment dev)/bin"
FIRST = test -d build/environments/dev || echo "Making the environment on first use (about a minute)..."

.PHONY: help demo test check goals bench sandbox docs schema
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile | expand -t 16

demo: ## see it work, three minutes: Entra provisions a sandbox, a directory kept in files, what happened
	@$(FIRST)
	@ANSIBLE_HOME=build/home/ansible ANSIBLE_COLLECTIONS_PATH=build/link ANSIBLE_LOCALHOST_WARNING=false \
	ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_DISPLAY_SKIPPED_HOSTS=false ANSIBLE_DISPLAY_OK_HOSTS=false \
	ANSIBLE_CALLBACK_RESULT_FORMAT=yaml $(DEV)/ansible-playbook scimops.zscaler_one.demo

test: ## all checks, forty minutes on two processors
	@$(CHECKS)

check: ## the quick part, for every save: ruff, mypy, unit tests without the slow ones
	@$(CHECKS) --quick

goals: ## measure the fifteen reliability goals, a quarter of an hour; GOALS="--quick", "--only R4", "--seed 7"
	@$(DEV)/python -m tests.goals $(GOALS)

bench: ## measure the performance goals, some twenty minutes; writes docs/benchmarks.md; BENCH="--quick", "--only P3"
	@"$$($(CHECKS) --environment bench)/bin/python" -m tests.bench $(BENCH)

sandbox: ## start a Zscaler One and an Entra ID on this machine, for playbooks of your own
	@$(FIRST)
	@echo "Starting the sandbox..."
	@$(DEV)/python tests/sandbox up >/dev/null
	@echo "Connect this shell to both halves, SCIM and Entra ID:"
	@echo "    eval \"\$$($(DEV)/python tests/sandbox env)\""
	@echo "How to reach its control_url (GET journal tells what it saw), with its secrets: $(DEV)/python tests/sandbox status"
	@echo "Stop it: $(DEV)/python tests/sandbox down"

docs: ## build the documentation site into build/docs/html
	@$(CHECKS) --only "documentation site"
	@echo "Begin with build/docs/html/index.html"

schema: ## write docs/schema/state.json again, after a change to what state files may hold
	@$(CHECKS) --environment dev >/dev/null && PYTHONPATH=build/link $(DEV)/python tests/checks/schema.py --write
