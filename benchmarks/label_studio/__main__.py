"""Times the page of a real Label Studio on the work of ``web/dev/work.mjs``, and writes what was measured as JSON.

    python -m benchmarks.label_studio OUT.json [--times 7]

``npm run measure -- --rival OUT.json`` in ``web/`` prints the same work in Recension beside it.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from benchmarks.label_studio.running import EMAIL, PASSWORD, TOKEN, VERSION, LabelStudio, install

WEB: Final = Path(__file__).resolve().parents[2] / "web"


def main() -> None:
    """Do what was asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT.json")
    parser.add_argument("--times", type=int, default=7, help="repetitions of each work")
    args = parser.parse_args()
    install()
    with tempfile.TemporaryDirectory() as folder, LabelStudio(Path(folder) / "studio") as studio:
        about = [studio.url, EMAIL, PASSWORD, TOKEN, VERSION, str(args.out.resolve()), str(args.times)]
        subprocess.run(["node", "dev/rival.mjs", *about], cwd=WEB, check=True)


if __name__ == "__main__":
    main()
