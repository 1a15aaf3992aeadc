"""Project documents are read strictly: every complaint names file, line, field and remedy."""

from __future__ import annotations

import pytest

from recension.crowd.spec import decode_spec, encode_spec, hash_guideline, read_project
from recension.errors import Invalid

YAML = """\
project: clickbait
title: Is this headline clickbait?
input: {repo: pool, glob: "/*.csv", rows: {format: csv}, columns: {headline: "INPUT:headline"}}
label_config: |
  <View>
    <Text name="headline" value="$headline"/>
    <Choices name="category" toName="headline" required="true">
      <Choice value="clickbait" hotkey="1"/><Choice value="notclickbait" hotkey="2"/>
    </Choices>
  </View>
guideline: |
  # Clickbait
overlap: 5
page: {real: 4, control: 1, time_limit_s: 600}
pay: {per_page: "0.05", currency: USD}
training:
  tasks: {repo: quality, path: /training.csv, columns: {headline: h}, expected: {category: GOLDEN}, hint: null}
  page: 10
  pass_percent: 90
exam: null
control:
  tasks: {repo: quality, path: /control.csv, columns: {headline: h}, expected: {category: GOLDEN}}
rules:
  - {if: fast_pages, under_s: 30, last: 5, at_least: 2, then: ban}
  - {if: control_rate, last: 10, at_least: 1, at_most_percent: 90, then: ban}
on_ban: exclude_and_reoffer
consensus: {method: dawid_skene, smoothing: 1.0}
output: {repo: labels, branch: main, release: complete}
undo_s: 600
"""


def test_a_project_is_read_whole() -> None:
    read = read_project(YAML)
    assert (read.name, read.spec.overlap, read.policy.pay.per_page) == ("clickbait", 5, "0.05")
    assert (read.policy.page.control, read.policy.training.pass_percent, read.policy.exam) == (1, 90, None)
    assert [field.name for field in read.schema.fields] == ["category"]
    assert read.schema.references == ("headline",)
    assert sorted(read.spec.sources()) == ["control", "training"]
    assert read.guideline == "# Clickbait\n"
    assert read.guideline_hash == hash_guideline("# Clickbait\n")
    assert decode_spec(encode_spec(read.spec)) == read.spec


def test_without_a_branch_every_branch_is_followed() -> None:
    everything = read_project(YAML).spec
    pinned = read_project(YAML.replace("{repo: pool,", "{repo: pool, branch: dev,")).spec
    assert [everything.follows(b) for b in ("main", "dev")] == [True, True]
    assert [pinned.follows(b) for b in ("main", "dev")] == [False, True]


def test_a_guideline_may_stand_in_a_file_beside() -> None:
    text = YAML.replace("guideline: |\n  # Clickbait\n", "guideline: {file: rules.md}\n")
    assert read_project(text, {"rules.md": "# Rules"}).guideline == "# Rules"
    assert complaint(text) == (
        "project.yaml:11: guideline.file: the file 'rules.md' was not given "
        "(put it beside the YAML, or write the text inline)"
    )


def test_fields_are_an_alternative_to_xml() -> None:
    start, end = YAML.index("label_config"), YAML.index("guideline")
    ours = "fields:\n  show: {headline: text}\n  ask:\n    category: {choice: [a, b], required: true}\n"
    read = read_project(YAML[:start] + ours + YAML[end:])
    assert [option.value for option in read.schema.fields[0].options] == ["a", "b"]
    wrong = complaint(YAML[:start] + ours.replace("choice: [a, b]", "choice: [a, a]") + YAML[end:])
    assert wrong.startswith("project.yaml:7: fields.ask.category.choice[1]: option 'a' stands twice")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("overlap: 5", "overlp: 5", "project.yaml:13: overlp: unknown field (did you mean overlap? allowed: project, "),
        ("overlap: 5", "overlap: 0", "project.yaml:13: overlap: expected `int` >= 1"),
        ("overlap: 5", 'overlap: "5"', "project.yaml:13: overlap: expected `int`, got `str`"),
        ('"0.05"', "0.05", "project.yaml:15: pay.per_page: expected `str`, got `float` (put the value in quotes)"),
        ('"0.05"', '"5 cents"', "project.yaml:15: pay.per_page: '5 cents' is not allowed here (write an amount"),
        ("project: clickbait", "project: Click Bait", "project.yaml:1: project: 'Click Bait' cannot name a project"),
        ("repo: pool", "repo: ../pool", "project.yaml:3: input.repo: '../pool' cannot name a repo"),
        ("path: /control.csv", "path: /../control.csv", "project.yaml:22: control.tasks.path: path '/../control.csv'"),
        ('value="$headline"', 'value="$titel"', "project.yaml:3: input.columns: the label config shows $titel"),
        ("</Choices>", "", "project.yaml:10: label_config: no well-formed XML"),
        ('toName="headline"', 'toName="x"', "project.yaml:7: label_config: toName='x'"),
        ("repo: labels", "repo: pool", "project.yaml:28: output.repo: labels cannot go into 'pool'"),
        ("repo: labels", "repo: quality", "project.yaml:28: output.repo: labels cannot go into 'quality'"),
        ("repo: labels", "repo: projects", "project.yaml:28: output.repo: repo 'projects' holds documents"),
        ("branch: main", "branch: live", "project.yaml:28: output.branch: branch 'live' is kept for running answers"),
        (
            "expected: {category: GOLDEN}}\nrules",
            "expected: {kind: GOLDEN}}\nrules",
            "project.yaml:22: control.tasks.expected.kind: 'kind' is no field of the label config",
        ),
        ("if: fast_pages", "if: fast", "project.yaml:24: rules[0].if: invalid value 'fast' (allowed: fast_pages, "),
        ("last: 10,", "last: 10, field: mood,", "project.yaml:25: rules[1].field: control tasks expect nothing of"),
        ("release: complete", "release: soon", "project.yaml:28: output.release: "),
        ("undo_s: 600", "guideline_affects: [spam]", "project.yaml:29: guideline_affects: 'spam' is no label"),
        ("undo_s: 600", "undo_s: [", "project.yaml:30: not valid YAML"),
        ("title: Is", "title: &a [*a] #", "contains itself"),
    ],
)
def test_a_mistake_is_named_with_place_and_remedy(old: str, new: str, expected: str) -> None:
    assert old in YAML
    assert expected in complaint(YAML.replace(old, new))


def test_control_tasks_must_exist_where_they_are_asked_for() -> None:
    start, end = YAML.index("control:\n"), YAML.index("rules:")
    assert "project.yaml:14: page.control: pages hold 1 control tasks" in complaint(YAML[:start] + YAML[end:])


def complaint(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        read_project(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)
