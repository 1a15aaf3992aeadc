"""``recension project import``: labels made elsewhere, read from any label format into a project."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from recension.cli.convert import label_files
from recension.cli.options import add_command
from recension.cli.output import Progress, plural, print_json, print_table
from recension.client.paths import path
from recension.errors import Invalid
from recension.label.formats import Labelled, LabelSet, Losses, Reading, format_named, format_of
from recension.label.formats.model import named_again
from recension.label.schema_json import schema_from_json

if TYPE_CHECKING:
    from recension.client.http import Http

_BATCH: Final = 200
_SHOWN: Final = 5


@dataclass(slots=True)
class Tally:
    """What came of it so far."""

    added: int = 0
    known: int = 0
    full: int = 0
    unknown: list[str] = field(default_factory=list)

    def count(self, answer: dict[str, Any]) -> None:
        """One more answer of the server."""
        self.added += answer["added"]
        self.known += answer["known"]
        self.full += answer["full"]
        self.unknown += answer["unknown"]


def add_import(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verb to ``recension project``."""
    verb = add_command(verbs, "import", "bring in labels made elsewhere")
    verb.add_argument("name", metavar="NAME")
    verb.add_argument("source", metavar="SOURCE", help="a folder, a file, a zip archive or REPO@REF[:/DIR]")
    verb.add_argument("--from", dest="read", metavar="FORMAT", help="otherwise told from the file names")
    verb.add_argument("--as", dest="kind", choices=("annotations", "predictions"), help="otherwise as the format says")
    verb.add_argument("--worker", default="import", metavar="NAME", help="who labelled, where the format does not say")
    verb.add_argument("--model", default="import", metavar="NAME", help="what predicted, where the format does not say")
    verb.add_argument("--model-version", default="", metavar="TEXT", help="of the model")
    verb.add_argument("--branch", default="", metavar="BRANCH", help="input branch of the items")
    verb.add_argument("--images", metavar="PLACE", help="where the images lie, when not in SOURCE")


def import_labels(args: argparse.Namespace, http: Http) -> None:
    """Do what was asked."""
    schema = schema_from_json(http.get(path("projects", args.name))["schema"])
    losses = Losses()
    tallies = {"annotations": Tally(), "predictions": Tally()}
    with ExitStack() as held, Progress("import") as progress:
        source = label_files(args, held)
        form = format_named(args.read) if args.read else format_of(source.names())
        items = form.read(Reading(source, schema, losses))
        for (kind, worker), batch in _batches(_said(items, args, losses)):
            body: dict[str, Any] = {"branch": args.branch, kind: batch}
            if kind == "annotations":
                body["worker"] = worker
            # Sent twice, an annotation is known and a prediction the same: a lost answer does no harm.
            tallies[kind].count(http.post(path("projects", args.name, kind), body, repeatable=True))
            progress.more(len(batch), 0)
    if not any(tally.added or tally.known or tally.full or tally.unknown for tally in tallies.values()):
        raise Invalid("no labels were found", where=args.source, hint="is --from the right format?")
    _report(args, tallies, losses)


_Kind = tuple[str, str]


def _said(
    items: Iterator[Labelled], args: argparse.Namespace, losses: Losses
) -> Iterator[tuple[_Kind, dict[str, Any]]]:
    """Every label set as the server takes it, with what it is and who said it."""
    for item in items:
        about = {"item": item.name, "data": dict(item.data)}
        as_models = args.kind == "predictions"
        as_people = args.kind == "annotations"
        people = (*item.annotations, *item.predictions) if as_people else () if as_models else item.annotations
        models = (*item.annotations, *item.predictions) if as_models else () if as_people else item.predictions
        heard: Counter[str] = Counter()
        for labels in people:
            worker = labels.worker or labels.model or args.worker
            heard[worker] += 1
            if labels.meta.get("ground_truth"):
                losses.add("marks as ground truth", item.name)
            yield (
                ("annotations", named_again(worker, heard[worker])),
                {**about, "fields": dict(labels.fields), "spent_us": labels.spent_us},
            )
        for labels in models:
            yield ("predictions", ""), {**about, **_prediction(labels, args)}


def _prediction(labels: LabelSet, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "fields": dict(labels.fields),
        "model": labels.model or labels.worker or args.model,
        "version": labels.version or args.model_version,
        "score": labels.score,
        "run": labels.run,
    }


def _batches(said: Iterator[tuple[_Kind, dict[str, Any]]]) -> Iterator[tuple[_Kind, list[dict[str, Any]]]]:
    """Batches of one kind and worker; within each, in the order they come."""
    begun: dict[_Kind, list[dict[str, Any]]] = {}
    for kind, body in said:
        batch = begun.setdefault(kind, [])
        batch.append(body)
        if len(batch) == _BATCH:
            yield kind, begun.pop(kind)
    yield from begun.items()


def _report(args: argparse.Namespace, tallies: dict[str, Tally], losses: Losses) -> None:
    lost = losses.listed()
    if args.json:
        print_json(
            {**{kind: asdict(tally) for kind, tally in tallies.items()}, "lost": [asdict(each) for each in lost]}
        )
        return
    for kind, tally in tallies.items():
        if tally.added or tally.known or tally.full or tally.unknown:
            print(f"{plural(tally.added, kind[:-1])} taken in", *_rest(tally), sep=", ")
    if lost:
        print("not carried:")
        print_table([("times", "what", "first at"), *((f"{x.count:,}", x.what, x.first) for x in lost)], right=(0,))


def _rest(tally: Tally) -> Sequence[str]:
    rest = []
    if tally.known:
        rest.append(f"{tally.known:,} there already")
    if tally.full:
        rest.append(f"{tally.full:,} of tasks that have all their answers")
    if tally.unknown:
        first = ", ".join(tally.unknown[:_SHOWN])
        rest.append(f"{len(tally.unknown):,} of no item of the project ({first})")
    return rest
