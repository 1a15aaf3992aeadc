"""Every template reads without a word of complaint, and the answer that it shows can be given."""

from __future__ import annotations

import pytest

from recension.cli.project_templates import document_of
from recension.crowd.config_reading import review_config
from recension.crowd.spec import read_project
from recension.crowd.templates import GROUPS, picture, template_named, templates
from recension.crowd.templates.catalogue import pictures
from recension.errors import NotFound
from recension.label import check_answer, referenced
from recension.label.image_header import image_size

NAMES = [each.name for each in templates()]


def schema_of(template):
    reading = review_config(template.config)
    assert (reading.problems, reading.notes) == ((), ())
    assert reading.schema is not None
    return reading.schema


@pytest.mark.parametrize("name", NAMES)
def test_the_config_has_no_problem_and_its_answer_can_be_given(name):
    template = template_named(name)
    schema = schema_of(template)
    answer = check_answer(schema, template.answer, template.sample)
    assert set(answer) == {field.name for field in schema.fields if not field.per_region}


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_is_what_the_config_shows(name):
    template = template_named(name)
    schema = schema_of(template)
    assert set(referenced(schema, template.sample)) == set(template.sample)
    for tag in schema.objects:
        if tag.kind == "image":
            size = image_size(picture(template.sample[tag.field]))
            assert size is not None
            assert size.width >= 400


@pytest.mark.parametrize("name", NAMES)
def test_the_document_of_a_template_is_one(name):
    template = template_named(name)
    found = read_project(document_of(template, template.name, "pool"))
    assert found.schema == schema_of(template)
    assert found.guideline == template.guideline


def test_templates_are_told_apart_and_in_their_groups():
    groups = [GROUPS.index(each.group) for each in templates()]
    assert groups == sorted(groups)
    assert len({each.title for each in templates()}) == len(templates()) > 20
    kinds = {field.kind for each in templates() for field in schema_of(each).fields}
    assert {"choice", "choices", "text", "rating", "taxonomy", "pairwise", "ranking", "regions", "relations"} <= kinds
    shapes = {shape for each in templates() for field in schema_of(each).fields for shape in field.shapes}
    assert {"box", "polygon", "mask", "keypoint", "skeleton", "span"} <= shapes


def test_no_picture_is_there_for_nothing():
    shown = {value for each in templates() for value in each.sample.values() if isinstance(value, str)}
    assert set(pictures()) <= shown
    for name in ("../catalogue.py", "nothing.png", ""):
        with pytest.raises(NotFound):
            picture(name)


def test_a_misspelt_name_is_corrected():
    with pytest.raises(NotFound, match="image-boxes"):
        template_named("image-boxs")
