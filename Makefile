# The verbs: up, test, cluster, kubespawner-tests, images, soak, lint, bench, docs, words, lock, clean.
PYTHON ?= python3
CHECK := build/check
ONLY ?=
ARGS ?=
CHECKOUT ?= ../kubespawner
STARTS ?= 1000
REFRESHES ?= 1440
SERVERS ?= 1000
WAITING ?= 2

.PHONY: up test test-units test-clients test-stores test-hub test-browser test-waits test-cluster test-images test-environment programs cluster cluster-down kubespawner-tests images soak lint bench docs words lock clean

up: ## start Sardonyx on this machine
	@$(PYTHON) tools/bootstrap.py .venv locks/hub.lock
	@exec .venv/bin/sardonyx up

test: test-browser test-cluster test-hub test-waits test-units test-stores test-clients test-images ## all tests, against the built wheels; three parts at a time, the longest first so that they end together: make -j3 WAITING=1 test

test-units: test-environment
	@$(CHECK)/bin/python tools/run_tests.py units tests/unit tests/contract $(ARGS)

test-clients: test-environment # not among the first: MinIO is compiled meanwhile, where that was not done yet
	@$(CHECK)/bin/python tools/run_tests.py clients tests/matrix tests/soak $(ARGS)

test-stores: test-environment
	@$(CHECK)/bin/python tools/run_tests.py stores tests/store tests/vault $(ARGS)

test-hub: test-environment
	@$(CHECK)/bin/python tools/run_tests.py hub tests/hub $(ARGS)

test-browser: test-environment # on its own: the browser's driver keeps an event loop running
	@$(CHECK)/bin/python tools/run_tests.py browser tests/e2e -m "not waits" $(ARGS)

test-waits: test-environment # browsers, too; so many files at a time, since half of it is waiting
	@$(CHECK)/bin/python tools/run_tests.py waits tests/e2e -m waits --numprocesses $(WAITING) --dist loadfile $(ARGS)

test-cluster: test-environment # among the first: where Kubernetes was not compiled yet, it begins with that
	@$(CHECK)/bin/python tools/run_tests.py cluster tests/chart tests/cluster $(ARGS)

test-images: test-environment
	@$(CHECK)/bin/python tools/run_tests.py images tests/images $(ARGS)

programs: # what the tests compile, which takes minutes, once; in the environment of make lint
	@PYTHONPATH=tests $(CHECK)/bin/python -m support.compiled

test-environment:
	@$(PYTHON) tools/bootstrap.py $(CHECK) locks/dev.lock --wheels

cluster: test-environment ## a Kubernetes of one node for work by hand: . build/cluster/environment; make cluster-down ends it
	@PYTHONPATH=tests $(CHECK)/bin/python -m support.cluster.by_hand start

cluster-down:
	@PYTHONPATH=tests $(CHECK)/bin/python -m support.cluster.by_hand end

kubespawner-tests: test-environment ## KubeSpawner's own tests against our spawner: make kubespawner-tests CHECKOUT=../kubespawner
	@PYTHONPATH=tests:tools $(CHECK)/bin/python -m support.kubespawner_suite.run $(CHECKOUT) $(ARGS)

images: test-environment ## container images, by podman or docker: make images ARGS="--prefix registry.example/sardonyx"
	@$(CHECK)/bin/python tools/images.py $(ARGS)

soak: ## 1,000 starts and a day of keys, with kills, and 1,000 servers on a cluster: make soak STARTS=200 REFRESHES=200 SERVERS=200
	@$(PYTHON) tools/bootstrap.py $(CHECK) locks/dev.lock --wheels
	@SOAK_STARTS=$(STARTS) SOAK_REFRESHES=$(REFRESHES) SOAK_SERVERS=$(SERVERS) $(CHECK)/bin/python -m pytest tests/soak --timeout=0 $(ARGS)

lint: ## style, types, import rules
	@$(PYTHON) tools/bootstrap.py $(CHECK) locks/dev.lock --wheels
	$(CHECK)/bin/ruff check .
	$(CHECK)/bin/ruff format --check .
	$(CHECK)/bin/mypy
	$(CHECK)/bin/lint-imports

bench: ## figures as ratios: make bench ONLY=name
	@$(PYTHON) tools/bootstrap.py $(CHECK) locks/dev.lock --wheels
	@$(CHECK)/bin/python tests/bench/run.py $(ONLY)

docs: ## write the pages that are generated
	@$(PYTHON) tools/bootstrap.py .venv locks/hub.lock
	@.venv/bin/python -m sardonyx_hub_config.reference

words: ## find the texts that people see, and bring the translations up to date
	@$(PYTHON) tools/bootstrap.py $(CHECK) locks/dev.lock --wheels
	@$(CHECK)/bin/python tools/catalogues.py

lock: ## renew the lock files
	@$(PYTHON) tools/bootstrap.py .venv locks/hub.lock
	tools/lock.sh

clean: ## remove what the other verbs made in this folder
	rm -rf build .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
