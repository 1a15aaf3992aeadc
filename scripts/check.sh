#!/usr/bin/env bash
# Runs every check, goes on after a failing one, and ends with a table: scripts/check.sh [lint] [python] [web] [browser] [journeys] [backends] [rounds] [crashes] [slow]
# Without arguments the first four. `rounds` are those long ones that need no servers,
# `journeys` walk with every labelling tool, `crashes` kill browsers and servers, `slow` are all. Exit code 1 when any check failed.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"
groups=" ${*:-lint python web browser} "
names=() outcomes=()

check() { # NAME COMMAND...
  local name=$1 started=$SECONDS outcome=ok
  shift
  printf '\n== %s\n' "$name"
  "$@" </dev/null || outcome=FAILED
  names+=("$name") outcomes+=("$outcome, $((SECONDS - started)) s")
}
# Checks that mostly wait run beside one another: what `begin` begins, `await_begun` waits for, shows and judges.
begun=() running=() outputs=()
begin() { # NAME COMMAND...
  local output
  output=$(mktemp)
  begun+=("$1") outputs+=("$output")
  (
    started=$SECONDS
    "${@:2}" </dev/null
    status=$?
    echo "took $((SECONDS - started)) s"
    exit $status
  ) >"$output" 2>&1 &
  running+=($!)
}
await_begun() {
  local i outcome
  for i in "${!begun[@]}"; do
    outcome=ok
    wait "${running[$i]}" || outcome=FAILED
    printf '\n== %s\n' "${begun[$i]}"
    cat "${outputs[$i]}"
    names+=("${begun[$i]}") outcomes+=("$outcome, $(tail -n 1 "${outputs[$i]}" | grep -o '[0-9]* s$')")
    rm -f "${outputs[$i]}"
  done
}
give_up() { # what runs beside us does not hear of an interruption by itself
  local pid
  for pid in "${running[@]}"; do pkill -TERM -P "$pid" || true; done
  exit 130
}
trap give_up INT TERM
wanted() { [[ $groups == *" $1 "* ]]; }
# A folder of its own: runs beside one another do not sweep each other's files away.
python_tests() {
  local folder outcome
  folder=$(mktemp -d) && pytest -q --basetemp="$folder/run" "$@"
  outcome=$?
  rm -rf "$folder"
  return $outcome
}
web() { (cd web && npm run --silent "$@"); }

if wanted lint; then
  check "ruff check" ruff check .
  check "ruff format" ruff format --check .
  check "mypy" mypy
  check "import-linter" lint-imports
  check "biome" web lint
  check "tsc" web typecheck
fi
if wanted backends; then
  begin "pytest, servers" python_tests -m "backends and not long"
  begin "pytest on both" python_tests --backing postgres+s3 tests/store tests/crowd tests/flow
fi
wanted rounds && begin "pytest, rounds" python_tests -m "long and not longest and not backends"
wanted slow && begin "pytest, long" python_tests -m "long and not backends"
wanted slow && begin "pytest, long, servers" python_tests -m "long and backends"
await_begun
wanted python && check "pytest" python_tests
wanted web && check "vitest" web test
browser() { # NAME SCRIPT
  if [ "${RECENSION_SKIP_BROWSER:-}" = 1 ]; then
    names+=("$1") outcomes+=("left out: RECENSION_SKIP_BROWSER=1")
  else
    check "$1" web "$2"
  fi
}
if wanted browser; then
  browser "playwright" e2e
  browser "playwright, kills" e2e:kills
fi
if wanted journeys || wanted slow; then browser "playwright, journeys" e2e:journeys; fi
if wanted crashes || wanted slow; then browser "playwright, crashes" e2e:crashes; fi

printf '\n'
failed=0
for i in "${!names[@]}"; do
  printf '%-22s %s\n' "${names[$i]}" "${outcomes[$i]}"
  [[ ${outcomes[$i]} == FAILED* ]] && failed=1
done
exit $failed
