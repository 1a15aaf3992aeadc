"""``recension convert``: labels from one format into another, with a list of what was lost."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from recension.cli.options import add_command, open_store
from recension.cli.output import Progress, plural, print_json, print_table
from recension.client.label_files import CommitFiles, Files, FolderFiles, FolderTarget, WithImages, ZipFiles, ZipTarget
from recension.errors import Invalid, NotFound
from recension.label.formats import FORMATS, Labelled, Losses, Reading, Source, Writing, format_named, format_of
from recension.label.schema import Schema

_MEDIA: Final = frozenset({"image", "audio", "video"})


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    parser = add_command(
        subparsers,
        "convert",
        "bring labels from one format into another",
        details="Formats: " + ", ".join(FORMATS) + ". Lists what the formats could not carry.",
    )
    parser.add_argument("source", metavar="SOURCE", help="a folder, a file, a zip archive or REPO@REF[:/DIR]")
    parser.add_argument("destination", metavar="DEST", type=Path, help="a new folder, or a new .zip archive")
    parser.add_argument("--from", dest="read", metavar="FORMAT", help="of SOURCE; otherwise told from its file names")
    parser.add_argument("--to", dest="write", metavar="FORMAT", required=True, help="of DEST")
    parser.add_argument("--config", type=Path, metavar="FILE", help="label config that says which field labels go to")
    parser.add_argument("--images", metavar="PLACE", help="where the images lie, when not in SOURCE")
    parser.add_argument("--address", metavar="PREFIX", default="", help="what to put before names of images in DEST")
    parser.add_argument("--strict", action="store_true", help="write nothing when something would be lost")


def run(args: argparse.Namespace) -> int:
    """Do what was asked."""
    into = format_named(args.write)
    schema = _schema(args.config) if args.config else None
    losses = Losses()
    with ExitStack() as held:
        source = label_files(args, held)
        form = format_named(args.read) if args.read else format_of(source.names())
        items = form.read(Reading(source, schema, losses))
        counted = _Counted(_addressed(items, args.address, schema) if args.address else items)
        target = ZipTarget(args.destination) if args.destination.suffix == ".zip" else FolderTarget(args.destination)
        try:
            into.write(counted, Writing(target, schema, losses))
            _check(counted, losses, args)
            target.finish()
        except BaseException:
            target.cancel()
            raise
    _report(args, counted, losses, form.name)
    return 0


def _addressed(items: Iterable[Labelled], prefix: str, schema: Schema | None) -> Iterator[Labelled]:
    """The same items, with the prefix before each file that their data names."""
    media = {tag.field for tag in schema.objects if tag.kind in _MEDIA} if schema else None
    for item in items:
        data = {
            key: _with_prefix(value, prefix) if (key in media if media is not None else value == item.name) else value
            for key, value in item.data.items()
        }
        yield replace(item, data=data)


def _with_prefix(value: object, prefix: str) -> object:
    if isinstance(value, list):
        return [_with_prefix(each, prefix) for each in value]
    return prefix + value.lstrip("/") if isinstance(value, str) and "://" not in value else value


class _Counted:
    """Items as they go by, with a line that says how many."""

    def __init__(self, items: Iterator[Labelled]) -> None:
        self._items = items
        self.items = 0
        self.sets = 0

    def __iter__(self) -> Iterator[Labelled]:
        with Progress("convert") as progress:
            for item in self._items:
                self.items += 1
                self.sets += len(item.annotations) + len(item.predictions)
                progress.more(1, 0)
                yield item


def _check(counted: _Counted, losses: Losses, args: argparse.Namespace) -> None:
    if counted.items == 0:
        raise Invalid("no items were found", where=args.source, hint="is --from the right format?")
    if args.strict and len(losses):
        first = losses.listed()[0]
        raise Invalid(f"{args.write} cannot carry {first.what} ({first.count})", where=first.first)


def label_files(args: argparse.Namespace, held: ExitStack) -> Source:
    """The files that a command names as ``SOURCE`` and ``--images``.

    Raises:
        NotFound: they are not there.
    """
    labels = _files(args.source, args, held)
    return WithImages(labels, _files(args.images, args, held)) if args.images else labels


def _files(named: str, args: argparse.Namespace, held: ExitStack) -> Files:
    path = Path(named)
    if path.suffix == ".zip" and path.is_file():
        return ZipFiles(path)
    if path.exists():
        return FolderFiles(path)
    if "@" in named:
        return CommitFiles(held.enter_context(open_store(args)), named)
    raise NotFound("no such file or folder", where=named, hint="of a repo, write REPO@REF:/DIR")


def _schema(path: Path) -> Schema:
    from recension.label import parse_label_config, schema_from_fields  # noqa: PLC0415

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid(f"cannot be read: {error}", where=str(path)) from error
    if path.suffix in {".yaml", ".yml"}:
        import yaml  # noqa: PLC0415

        try:
            body = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise Invalid(f"no YAML: {error}".replace("\n", " "), where=str(path)) from error
        return schema_from_fields(body, where=str(path))
    return parse_label_config(text, where=str(path))


def _report(args: argparse.Namespace, counted: _Counted, losses: Losses, source_format: str) -> None:
    lost = losses.listed()
    if args.json:
        body = {"from": source_format, "to": args.write, "items": counted.items, "label_sets": counted.sets}
        print_json({**body, "lost": [asdict(loss) for loss in lost]})
        return
    print(f"{plural(counted.items, 'item')}, {plural(counted.sets, 'set')} of labels: {source_format} to {args.write}")
    if lost:
        print("not carried:")
        rows = [(f"{loss.count:,}", loss.what, loss.first) for loss in lost]
        print_table([("times", "what", "first at"), *rows], right=(0,))
