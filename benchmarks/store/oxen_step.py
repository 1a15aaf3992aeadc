"""One step with Oxen's Python package: oxen_step.py VERB FOLDER [WORD]. Run by the Python that has it installed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import oxen
from oxen import Repo


def main(verb: str, folder: str, word: str = "") -> None:
    """Do one step."""
    os.chdir(folder)
    oxen.user.config_user("b", "b@b.c")
    repo = Repo(folder)
    if verb == "init":
        repo.init()
    elif verb == "commit":
        repo.add(f"{folder}/data")
        Path(folder, f"tag-{word}").write_text(repo.commit(word).id, encoding="utf-8")
    elif verb == "status":
        str(repo.status())
    elif verb == "restore":
        repo.restore("data", source=Path(folder, f"tag-{word}").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main(*sys.argv[1:])
