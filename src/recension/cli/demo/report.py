"""What the demonstration came to: gathered over the HTTP API, printed for people or as one object."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from recension.cli.demo.cascade import head
from recension.cli.demo.control import ControlCheck
from recension.cli.demo.stage import PROJECT
from recension.client.http import Http
from recension.client.paths import path

_RULES: Final = {
    "fast_pages": "pages in less than 30 s",
    "control_rate": "wrong answers to control tasks",
}
REPOS: Final = ("clickbait", "pool", "quality", "labels", "enriched", "model")


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one demonstration.

    Attributes:
        workers: as the project's page lists them: name, state, reason, answers, pages and so on.
        content_ids: repo to the content id of its branch ``main``; equal for equal seeds.
        lineage: the lines of the model's family tree, root first.
    """

    items_labelled: int
    items: int
    progress: Mapping[str, Any]
    workers: tuple[Mapping[str, Any], ...]
    control: ControlCheck
    metrics: Mapping[str, Any]
    content_ids: Mapping[str, str]
    lineage: tuple[str, ...]

    def banned(self) -> list[Mapping[str, Any]]:
        """Workers who are out by a rule."""
        return [worker for worker in self.workers if worker["state"] == "banned"]

    def failed(self) -> list[Mapping[str, Any]]:
        """Workers who did not pass the training."""
        return [worker for worker in self.workers if worker["state"] == "failed"]

    def as_object(self) -> dict[str, Any]:
        """What ``--json`` prints. Its names are stable."""
        return {
            "model_accuracy": self.metrics["accuracy"],
            "model_f1": self.metrics["f1"],
            "items_labelled": self.items_labelled,
            "judgements": self.progress["judgements"],
            "workers_banned": len(self.banned()),
            "workers_failed": len(self.failed()),
            "cost_usd": self.progress["cost"]["amount"],
            "content_ids": dict(self.content_ids),
        }

    def lines(self) -> Iterator[str]:
        """The report for people."""
        progress, metrics = self.progress, self.metrics
        judgements, overlap = progress["judgements"], progress["overlap"]
        yield f"Tasks      {self.items_labelled} of {self.items} headlines settled"
        yield f"Answers    {judgements} judgements, {overlap} people for each headline"
        yield from _under("Workers", self._workers())
        yield f"Agreement  {_percent(progress['agreement']['percent'])}, {_alpha(progress['agreement']['alpha'])}"
        yield f"Control    consensus right on {self.control.right} of {self.control.tasks} control tasks;"
        yield f"           {_percent(_share(progress['control_accuracy']))} of single answers to them"
        yield f"Cost       {progress['cost']['amount']} {progress['cost']['currency']}"
        yield f"Model      accuracy {metrics['accuracy']:.3f}, F1 {metrics['f1']:.3f}"
        yield f"           on {metrics['test_rows']} headlines that nothing was trained on"
        yield ""
        yield "Where the model comes from"
        yield from (f"  {line}" for line in self.lineage)

    def _workers(self) -> Iterator[str]:
        """How many are out, and why; the rule is what stands before the colon of a reason."""
        banned, failed = self.banned(), self.failed()
        yield f"{len(self.workers)} simulated, {len(self.workers) - len(banned) - len(failed)} of them passed"
        yield f"{len(failed)} failed the training"
        rules = Counter(str(worker["reason"]).partition(":")[0] for worker in banned)
        for rule, count in sorted(rules.items()):
            yield f"{count} banned: {_RULES.get(rule, rule)}"


def gather(http: Http, control: ControlCheck) -> Report:
    """Ask the server for everything else in the report."""
    heads = {repo: commit for repo in REPOS if (commit := head(http, repo)) is not None}
    labels = csv.DictReader(io.StringIO(text(http, "labels", "/labels.csv")))
    return Report(
        items_labelled=sum(1 for _row in labels),
        items=http.get(path("projects", PROJECT, "progress"))["tasks"]["total"],
        progress=http.get(path("projects", PROJECT, "progress")),
        workers=tuple(http.get(path("projects", PROJECT, "workers"))),
        control=control,
        metrics=http.call("GET", path("repos", "model", "raw"), params={"ref": "main", "path": "/metrics.json"}).json(),
        content_ids={repo: commit["content_id"] for repo, commit in heads.items()},
        lineage=tuple(_family(http, heads["model"])),
    )


def text(http: Http, repo: str, file: str) -> str:
    """A text file of a repo's branch ``main``."""
    return http.call("GET", path("repos", repo, "raw"), params={"ref": "main", "path": file}).text


def _family(http: Http, commit: Mapping[str, Any], margin: str = "", branch: str = "") -> Iterator[str]:
    """The tree above a commit, one line per commit, as far up as there is something."""
    yield f"{margin}{branch}{commit['repo']}@{commit['branch']}  {commit['id']}  {_what(http, commit)}"
    sources = commit["provenance"]
    below = margin + {"": "", "├─ ": "│  ", "└─ ": "   "}[branch]
    for number, source in enumerate(sources, 1):
        whole = http.get(path("commits", source["id"]))
        yield from _family(http, whole, below, "└─ " if number == len(sources) else "├─ ")


def _what(http: Http, commit: Mapping[str, Any]) -> str:
    """How a commit came about, in a few words; of raw data, its files."""
    meta = commit["meta"]
    if commit["kind"] == "people":
        return f"{meta['judgements']} answers of {meta['workers']} people"
    if commit["kind"] == "job":
        return f"made by pipeline {meta['pipeline']}"
    message = str(commit["message"]).partition("\n")[0]
    listed = http.get(path("repos", commit["repo"], "ls"), ref=commit["id"])["entries"]
    files = [entry["name"] for entry in listed if entry["type"] == "file"]
    return f"{message}: {', '.join(files)}" if files else message


def _under(title: str, lines: Iterator[str]) -> Iterator[str]:
    """Lines under a title that stands in front of the first."""
    for number, line in enumerate(lines):
        yield f"{'' if number else title:10} {line}"


def _percent(value: float | None) -> str:
    return "not known" if value is None else f"{value:.1f} %"


def _share(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _alpha(value: float | None) -> str:
    return "alpha not known" if value is None else f"Krippendorff's alpha {value:.2f}"
