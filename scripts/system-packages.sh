#!/usr/bin/env bash
# Installs the two programs that tests need beside Python and Node: Chromium (a real browser) and bubblewrap (the
# sandbox of pipeline steps). Does nothing where they are there; says what to do where it cannot install them.
set -euo pipefail
exec >&2

missing=()
if [ "${RECENSION_SKIP_BROWSER:-}" != 1 ] && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null; then
  missing+=(chromium)
fi
command -v bwrap >/dev/null || missing+=(bubblewrap)
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
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
