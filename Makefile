# `make demo` shows Recension on real data; `make test` runs every check. Both install what they need first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help install dev demo test test-journeys test-slow test-crash-browser test-backends lint docs bench bench-store bench-workbench bench-label-studio label-studio lock

help:
	@echo 'make demo       label real headlines with a simulated crowd, train on the result, open it in the browser'
	@echo '                (ARGS="--exit --json" prints one object and ends)'
	@echo 'make install    .venv/bin/recension, with the browser application'
	@echo 'make test       every check: lint, types, import order, tests, browser tests'
	@echo 'make test-journeys  every labelling tool in a real browser, from the first mark to the export and back'
	@echo 'make test-slow  the long rounds: kill -9 twenty times between any two steps, thousands of commits'
	@echo 'make test-crash-browser  kill tabs, browsers, servers and lines at twenty random moments each, while somebody works'
	@echo 'make test-backends  the same laws on a real PostgreSQL and a real S3 server'
	@echo 'make lint       only lint, types and import order'
	@echo 'make docs       the documentation as a site in site/'
	@echo 'make bench      the benchmarks'
	@echo 'make bench-store  the store beside git, git-lfs, DVC, Oxen, restic and borg; writes docs/explanation/performance.md'
	@echo 'make bench-workbench  the workbench in a browser, target by target; writes docs/explanation/workbench-speed.md'
	@echo '                (ARGS="--rival FILE" prints figures of others beside ours)'
	@echo 'make bench-label-studio  a real Label Studio on some of that work; writes build/label-studio.json, such a FILE'
	@echo 'make label-studio  the tests against a real Label Studio, installed for them into the cache folder'
	@echo 'make lock       renew requirements/*.txt from pyproject.toml'

install:
	@python3 scripts/install.py base

dev:
	@python3 scripts/install.py dev

demo: install
	@.venv/bin/recension demo $(ARGS)

test: dev
	@scripts/system-packages.sh
	@scripts/check.sh

test-journeys: dev
	@scripts/system-packages.sh
	@scripts/check.sh journeys

test-slow: dev
	@scripts/system-packages.sh
	@scripts/system-packages.sh backends
	@scripts/check.sh slow

test-crash-browser: dev
	@scripts/system-packages.sh
	@scripts/check.sh crashes

test-backends: dev
	@scripts/system-packages.sh backends
	@scripts/check.sh backends

label-studio: dev
	@.venv/bin/python -c 'from benchmarks.label_studio.running import install; install()'
	@.venv/bin/pytest -q -o faulthandler_timeout=1200 -m '' tests/label_studio tests/label/test_label_studio_templates.py

lint: dev
	@scripts/check.sh lint

docs: dev
	@NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --strict --quiet

bench: dev
	@for file in benchmarks/bench_*.py; do echo "== $$file"; .venv/bin/python $$file || exit 1; done

bench-workbench: dev
	@scripts/system-packages.sh
	@npm --prefix web run build && npm --prefix web run measure -- --page docs/explanation/workbench-speed.md $(ARGS)

bench-store: dev
	@scripts/system-packages.sh rivals
	@.venv/bin/python -m benchmarks.store $(ARGS)

bench-label-studio: dev
	@scripts/system-packages.sh
	@mkdir -p build
	@.venv/bin/python -m benchmarks.label_studio build/label-studio.json

# Universal, with hashes, without the names of package indexes: any index that serves the same bytes will do.
lock: dev
	@UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --python-version 3.11 --custom-compile-command "make lock" pyproject.toml --group build -o requirements/base.txt
	@UV_PYTHON_DOWNLOADS=never .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --python-version 3.11 --custom-compile-command "make lock" pyproject.toml --all-extras --group dev -c requirements/base.txt \
	  -o requirements/dev.txt
