"""Setting the scene: the data is committed, the project opened, the pipelines put in place."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from recension.client.http import Http
from recension.client.paths import path
from recension.client.simulate import SimulationSpec, read_truth
from recension.flow import bundle
from recension.store import Put, Store

HERE: Final = Path(__file__).parent
DATA: Final = HERE / "data"
FILES: Final = HERE / "clickbait"
PROJECT: Final = "clickbait"
PIPELINES: Final = ("enriched", "model")
_REPOS: Final = {
    "clickbait": "Published headlines, each with its category",
    "quality": "Headlines with known answers: for training, and to check workers",
    "pool": "Headlines that nobody has labelled yet",
}

# Most answer well; a fifth at random, half of them only once the training is behind them; some click through pages.
_WORKERS: Final = 24
_SPAMMERS: Final = 0.25
_FAST: Final = 0.125
_ACCURACY: Final = 0.98


def commit_known(home: Path) -> None:
    """Make the repos, and commit what is known: the published headlines and the tasks with known answers."""
    with Store.open(home) as store:
        for repo, description in _REPOS.items():
            store.create_repo(repo, description=description)
    _commit(home, "clickbait", ["train.csv", "test.csv"], "Published headlines with their category")
    _commit(home, "quality", ["control_tasks.csv", "training_tasks.csv"], "Tasks with known answers")


def commit_pool(home: Path) -> None:
    """Commit the headlines that nobody has labelled yet; this starts everything else."""
    _commit(home, "pool", ["pool_tasks.csv"], "Thirty headlines to label")


def open_project(http: Http) -> None:
    """Open the labelling project."""
    files = {"guideline.md": (FILES / "guideline.md").read_text(encoding="utf-8")}
    text = (FILES / "project.yaml").read_text(encoding="utf-8")
    http.post(path("projects"), {"yaml": text, "files": files, "file_name": "project.yaml"})


def create_pipelines(http: Http) -> None:
    """Put both pipelines in place; they run when their inputs have something."""
    for name in PIPELINES:
        for made in bundle(FILES / f"{name}.yaml"):
            files = {file: base64.b64encode(data).decode() for file, data in made.files.items()}
            http.post(path("pipelines"), {"yaml": made.spec.decode(), "files": files, "file_name": made.where})


def crowd(seed: int) -> SimulationSpec:
    """The crowd that a seed stands for. One answer at a time: only so is their order the same in every run."""
    truth = read_truth([DATA / name for name in ("pool_truth.csv", "control_tasks.csv", "training_tasks.csv")])
    return SimulationSpec(
        workers=_WORKERS, seed=seed, accuracy=_ACCURACY, spammers=_SPAMMERS, fast=_FAST, truth=truth, concurrency=1
    )


def _commit(home: Path, repo: str, names: Iterable[str], message: str) -> None:
    with Store.open(home) as store, store.upload() as upload:
        changes = [Put(f"/{name}", *upload.add_file(DATA / name)) for name in names]
        store.write(repo, "main", changes, upload=upload, message=message, author="demo")
