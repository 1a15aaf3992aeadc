#!/usr/bin/env bash
# Installs the programs that tests need beside Python and Node: scripts/system-packages.sh [tests|backends|rivals]
#   tests     Chromium (a real browser), bubblewrap (the sandbox of pipeline steps)
#   rivals    the tools that the store is measured against
#   backends  a real PostgreSQL and a real S3 server
# Does nothing where they are there; says what to do where it cannot install them.
set -euo pipefail
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
    has initdb || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
    has radosgw || missing+=(radosgw)
    has ceph-mon || missing+=(ceph-mon)
    has ceph-osd || missing+=(ceph-osd)
    has monmaptool || missing+=(ceph-base)
    has ceph-authtool || missing+=(ceph-common)
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
  echo "recension: (RECENSION_SKIP_BROWSER=1 leaves the browser tests out)"
  exit 1
fi
echo "... System packages: ${missing[*]}"
"${as_root[@]}" apt-get update -qq </dev/null
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null
