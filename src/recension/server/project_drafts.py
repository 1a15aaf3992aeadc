"""Projects that are yet to be: templates, data and configs as those who write them see them."""

from __future__ import annotations

import mimetypes
from functools import cache, partial
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from recension.crowd.config_edit import option_lists
from recension.crowd.config_reading import ConfigReading, review_config
from recension.crowd.media import path_of
from recension.crowd.readers import FAULTS
from recension.crowd.sampling import Found, first_items
from recension.crowd.spec import InputSpec, Rows
from recension.crowd.templates import Template, picture, template_named
from recension.errors import RecensionError
from recension.label import Item, MediaRef, Schema, media_tags, schema_to_json, task_schema
from recension.label.image_header import image_size
from recension.label.problems import Problem
from recension.server.guideline import render_guideline
from recension.server.people import means_of
from recension.server.site import Site
from recension.server.task_media import shown_media
from recension.server.wire import project_drafts as wire
from recension.server.wire.base import Fault
from recension.server.wire.workbench import Media
from recension.store import Commit, Entry

PICTURES: Final = "/api/v1/project-templates/pictures"
_SHOWN: Final = 12


def fault_shape(error: RecensionError) -> Fault:
    """What is wrong, as errors say it."""
    return Fault(code=error.code, message=error.message, where=error.where, hint=error.hint)


@cache
def template_shape(template_name: str) -> wire.Template:
    """A template as it is sent; it never changes."""
    found = template_named(template_name)
    schema = review_config(found.config).schema
    assert schema is not None, "templates have no problems"
    return wire.Template(
        name=found.name,
        title=found.title,
        about=found.about,
        group=found.group,
        form=found.form,
        config=found.config,
        guideline=found.guideline,
        schema_=dict(schema_to_json(schema)),
        sample=found.sample,
        media=_pictures(found, schema),
        answer=found.answer,
    )


def found_shape(commit: Commit, ref: str, found: Found) -> wire.FoundData:
    """What was found at a path; ``ref`` is how the commit was asked for: what is staged is on a branch alone."""
    return wire.FoundData(
        glob=found.glob,
        format=found.format,
        files=found.count,
        more=found.more,
        first=[_file(commit, ref, entry) for entry in found.files[:_SHOWN]],
        columns=[wire.FoundColumn(name=each.name, kind=each.kind, distinct=each.distinct) for each in found.columns],
        rows=[dict(row.values) for row in found.rows],
        key=found.key,
        problem=None if found.problem is None else fault_shape(found.problem),
    )


def preview(at: Site, asked: wire.DraftConfig, commit: Commit | None) -> wire.ConfigPreview:
    """What a config comes to, on one item of ``commit``, or on the sample of a template."""
    reading = review_config(asked.config)
    sample, more, problem = None, False, None
    if reading.schema is not None:
        try:
            sample, more = _sample(at, asked, commit, reading.schema)
        except FAULTS as error:
            problem = fault_shape(error)
    return wire.ConfigPreview(
        form=reading.form,
        schema_=None if reading.schema is None else dict(schema_to_json(reading.schema)),
        problems=[_problem(each) for each in reading.problems],
        notes=[_problem(each) for each in reading.notes],
        lists=_lists(asked.config, reading),
        sample=sample,
        more=more,
        sample_problem=problem,
        guideline_html=render_guideline(asked.guideline),
    )


def _problem(problem: Problem) -> wire.ConfigProblem:
    return wire.ConfigProblem(line=problem.line, tag=problem.tag, message=problem.message, hint=problem.hint)


def _lists(config: str, reading: ConfigReading) -> list[wire.OptionList]:
    titles = {} if reading.schema is None else {field.name: field.title for field in reading.schema.fields}
    return [
        wire.OptionList(
            field=found.field,
            title=found.title or titles.get(found.field) or found.field,
            options=[
                wire.ListedOption(value=each.value, label=each.label, hotkey=each.hotkey, color=each.color)
                for each in found.options
            ],
        )
        for found in option_lists(config)
    ]


def _sample(
    at: Site, asked: wire.DraftConfig, commit: Commit | None, schema: Schema
) -> tuple[wire.Sample | None, bool]:
    if commit is None or asked.input is None:
        return _template_sample(asked.template, schema), False
    given = asked.input
    rows = None if given.rows is None else Rows(given.rows.format, given.rows.key)
    spec = InputSpec(given.repo, given.glob, rows, given.columns)
    found = list(islice(first_items(means_of(at), commit, spec, schema), asked.at, asked.at + 2))
    if not found:
        return None, False
    item = found[0]
    media = shown_media(at.store, schema, item.data, partial(_url_of, commit, given.branch, item))
    return _sample_shape(schema, item.id, dict(item.data), media), len(found) > 1


def _template_sample(name: str | None, schema: Schema) -> wire.Sample | None:
    if name is None:
        return None
    template = template_named(name)
    data = {field: value for field, value in template.sample.items() if field in schema.references}
    if len(data) < len(schema.references):
        return None
    return _sample_shape(schema, "sample", data, _pictures(template, schema))


def _sample_shape(
    schema: Schema, item: str, data: dict[str, Any], media: dict[str, Media | list[Media | None]]
) -> wire.Sample:
    own = dict(schema_to_json(task_schema(schema, data))) if schema.varies else None
    return wire.Sample(item=item, data=data, media=media, schema_=own)


def _pictures(template: Template, schema: Schema) -> dict[str, Media | list[Media | None]]:
    """The pictures that a template's sample shows, by data field."""
    return {
        field: _picture(template.sample[field])
        for field, tag in media_tags(schema).items()
        if tag.kind == "image" and isinstance(template.sample.get(field), str)
    }


@cache
def _picture(name: str) -> Media:
    size = image_size(picture(name))
    assert size is not None, "pictures are images"
    return Media(url=f"{PICTURES}/{name}", type="image/png", width=size.width, height=size.height)


def _url_of(commit: Commit, ref: str, item: Item, media: MediaRef) -> str:
    """Where whoever may read the repo gets the file."""
    return _raw(commit, ref, path_of(media.path, item.path) if media.path else item.path)


def _raw(commit: Commit, ref: str, path: str) -> str:
    repo = commit.repo if commit.workspace == "default" else f"{commit.workspace}:{commit.repo}"
    return f"/api/v1/repos/{repo}/raw?{urlencode({'ref': ref, 'path': path})}"


def _file(commit: Commit, ref: str, entry: Entry) -> wire.FoundFile:
    kind = entry.content_type.partition(";")[0].strip()
    guessed = mimetypes.guess_type(entry.path)[0] if kind == "application/octet-stream" else None
    return wire.FoundFile(path=entry.path, size=entry.size, type=guessed or kind, url=_raw(commit, ref, entry.path))
