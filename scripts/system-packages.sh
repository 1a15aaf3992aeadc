#!/usr/bin/env bash
# Installs the programs that tests need beside Python and Node: scripts/system-packages.sh [tests|backends|rivals]
#   tests     Chromium (a real browser), bubblewrap (the sandbox of pipeline steps)
#   rivals    the tools that the store is measured against
#   backends  a real PostgreSQL, a real S3 server and one that speaks Azure's protocol
# Does nothing where they are there; says what to do where it cannot install them.
set -euo pipefail
cd "$(dirname "$0")/.."
exec >&2

missing=()
has() { command -v "$1" >/dev/null; }
case "${1:-tests}" in
  tests)
    [ "${RECENSION_SKIP_BROWSER:-}" = 1 ] || has chromium || missing+=(chromium)
    has bwrap || missing+=(bubblewrap)
    ;;
  rivals)
    for pair in git:git git-lfs:git-lfs restic:restic borg:borgbackup; do
      has "${pair%%:*}" || missing+=("${pair#*:}")
    done
    ;;
  backends)
    [ "${RECENSION_TEST_BACKENDS:-}" != sqlite ] || exit 0
    has initdb || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
    has radosgw || missing+=(radosgw)
    has ceph-mon || missing+=(ceph-mon)
    has ceph-osd || missing+=(ceph-osd)
    has monmaptool || missing+=(ceph-base)
    has ceph-authtool || missing+=(ceph-common)
    azurite=tests/services/azurite
    if [ ! -x "$azurite/node_modules/.bin/azurite-blob" ]; then
      echo "... The blob service of the tests"
      (cd "$azurite" && npm ci --silent --ignore-scripts) || exit 1
    fi
    ;;
esac
[ ${#missing[@]} -eq 0 ] && exit 0

if ! has apt-get; then
  echo "recension: the tests need ${missing[*]}; install with this system's package manager"
  exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
  as_root=(env)
elif sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  echo "recension: the tests need ${missing[*]}; run: sudo apt-get install ${missing[*]}"
  echo "recension: (RECENSION_SKIP_BROWSER=1 leaves the browser tests out, RECENSION_TEST_BACKENDS=sqlite those on servers)"
  exit 1
fi
echo "... System packages: ${missing[*]}"
# Mirrors stumble, and another installation may hold the lock: each step waits for it, and is tried again.
again() { # COMMAND...
  local attempt
  for attempt in 1 2 3; do
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive "$@" </dev/null && return
    echo "... That did not work (attempt $attempt of 3)"
    sleep $((attempt * 5))
  done
  return 1
}
again apt-get update -qq -o DPkg::Lock::Timeout=300 || echo "... Going on with the package lists that are there"
if ! again apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 "${missing[@]}"; then
  echo "recension: could not install ${missing[*]}; install them by hand, then try again"
  exit 1
fi
