"""Reading specifications: Pachyderm's names, both spellings, both syntaxes, and errors with a place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recension.errors import Invalid, RecensionError
from recension.flow.spec import Cross, Join, Pfs, Union
from recension.flow.spec_reader import read_spec

PLAIN = """\
pipeline:
  name: edges
description: finds edges
input:
  pfs:
    repo: images
    glob: /*
transform:
  cmd: [python3, /edges.py]
  image: pachyderm/opencv
"""


def wrong(text: str) -> str:
    with pytest.raises(Invalid) as caught:
        read_spec(text.encode(), file="edges.yaml")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_plain_specification() -> None:
    spec = read_spec(PLAIN.encode())
    assert spec.name == "edges"
    assert spec.input == Pfs(name="images", repo="images", workspace="default", branch=None, glob="/*")
    assert spec.transform.cmd == ("python3", "/edges.py")
    assert spec.datum_tries == 3
    assert spec.notes == ("'transform.image' is ignored: steps run on this machine; declare transform.requirements",)


def test_json_with_tabs_and_camel_case_is_the_same() -> None:
    snake = {
        "pipeline": {"name": "p", "project": {"name": "lab"}},
        "transform": {"cmd": ["x"], "err_cmd": ["y"], "accept_return_code": [2], "env": {"A": "1"}},
        "input": {"join": [{"pfs": {"repo": "a", "glob": "/(*)", "join_on": "$1", "outer_join": True}}]},
        "parallelism_spec": {"constant": 4},
        "output_branch": "master",
        "datum_tries": 1,
        "datum_timeout": "1h30m",
        "job_timeout": "90s",
        "reprocess_spec": "every_job",
    }

    def camel(value: object) -> object:
        if isinstance(value, dict):
            words = {key: key.split("_") for key in value}
            names = {key: parts[0] + "".join(map(str.title, parts[1:])) for key, parts in words.items()}
            return {names[key]: camel(inner) for key, inner in value.items()}
        return [camel(item) for item in value] if isinstance(value, list) else value

    spec = read_spec(json.dumps(snake, indent="\t").encode())
    assert spec == read_spec(json.dumps(camel(snake)).encode())
    assert (spec.workspace, spec.parallelism, spec.output_branch, spec.every_job) == ("lab", 4, "master", True)
    assert (spec.datum_timeout_s, spec.job_timeout_s) == (5400, 90)
    assert isinstance(spec.input, Join)
    assert spec.input.parts[0].outer_join


def test_nested_inputs() -> None:
    text = PLAIN.replace(
        "  pfs:\n    repo: images\n    glob: /*\n",
        "  cross:\n  - union:\n    - pfs: {repo: a, glob: /, name: x}\n    - pfs: {repo: b, glob: /, name: x}\n"
        "  - pfs: {repo: c, glob: '/*', project: lab, empty_files: true}\n",
    )
    spec = read_spec(text.encode())
    assert isinstance(spec.input, Cross)
    assert isinstance(spec.input.parts[0], Union)
    assert spec.input.parts[1] == Pfs("c", "c", "lab", None, "/*", empty_files=True)


def test_fields_that_steer_kubernetes_are_noted() -> None:
    spec = read_spec((PLAIN + "resource_requests: {cpu: 1}\nschedulingSpec: {}\n").encode())
    assert "'resource_requests' is ignored: it steers Kubernetes" in spec.notes
    assert "'scheduling_spec' is ignored: it steers Kubernetes" in spec.notes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("    glob: /*", "    glub: /*"),
            "edges.yaml:7: input.pfs.glub: unknown field 'glub' (allowed here: branch, em",
        ),
        (("description:", "descripton:"), "edges.yaml:3: descripton: unknown field 'descripton'"),
        (("    glob: /*\n", ""), "edges.yaml:5: input.pfs: field 'glob' is missing"),
        (("  pfs:", "  cron:"), "edges.yaml:5: input.cron: 'cron' is not supported (this version runs pfs, cross, uni"),
        (("  pfs:", "  sql:"), "this version runs pfs, cross, union, join and group inputs"),
        (
            ("  name: edges", "  name: find_edges"),
            "edges.yaml:2: pipeline.name: 'find_edges' cannot name a pipeline (for example find-edges)",
        ),
        (("/*", "'/{a'"), "edges.yaml:7: input.pfs.glob: '/{a' is no glob"),
        (
            ("    repo: images", "    repo: images\n    s3: true"),
            "edges.yaml:7: input.pfs.s3: s3 inputs are not supported",
        ),
        (("    repo: images", "    repo: images\n    name: out"), "'out' cannot name an input"),
        (("[python3, /edges.py]", "python3 /edges.py"), "edges.yaml:9: transform.cmd: expected a list, found a text"),
        (("[python3, /edges.py]", "[]"), "edges.yaml:9: transform.cmd: the command is empty"),
        (("[python3, /edges.py]", "[python3, 1]"), "edges.yaml:9: transform.cmd[1]: expected a text, found a number"),
        (("  cmd: [python3, /edges.py]\n", ""), "edges.yaml:8: transform: a transform has either 'cmd' or 'function'"),
        (("description: finds edges", "spout: {}"), "edges.yaml:3: spout: 'spout' is not supported"),
        (("description: finds edges", "egress: {}"), "edges.yaml:3: egress: 'egress' is not supported"),
        (("description: finds edges", "datum_timeout: soon"), "edges.yaml:3: datum_timeout: 'soon' is no duration"),
        (("description: finds edges", "datum_tries: 0"), "edges.yaml:3: datum_tries: 0 is less than 1"),
        (
            ("description: finds edges", "description: a\ndescription: b"),
            "edges.yaml:4: description: field 'description' is given twice",
        ),
        (("description: finds edges", "description: [a"), "edges.yaml:4: not valid YAML"),
        (
            ("  image: pachyderm/opencv", "  requirements: [--pre]"),
            "edges.yaml:10: transform.requirements[0]: '--pre' is no requirement",
        ),
        (
            ("  image: pachyderm/opencv", "  files: [../secret]"),
            "edges.yaml:10: transform.files[0]: '../secret' is no path beside",
        ),
        (
            ("  image: pachyderm/opencv", "  working_dir: /pfs/x"),
            "edges.yaml:10: transform.working_dir: '/pfs/x' belongs to the system",
        ),
        (("  image: pachyderm/opencv", "  datum_batching: true"), "'datum_batching' is not supported"),
        (("  image: pachyderm/opencv", "  env: {A=B: c}"), "'A=B' cannot name an environment variable"),
    ],
)
def test_errors_name_file_line_and_field(change: tuple[str, str], message: str) -> None:
    assert change[0] in PLAIN
    assert message in wrong(PLAIN.replace(*change))


def test_two_inputs_of_one_name_clash_in_a_cross_but_not_in_a_union() -> None:
    parts = "- pfs: {repo: a, glob: /, name: x}\n  - pfs: {repo: b, glob: /, name: x}\n"
    text = "pipeline: {name: p}\ntransform: {cmd: [x]}\ninput:\n  KIND:\n  " + parts
    assert "two inputs are named 'x'" in wrong(text.replace("KIND", "cross"))
    assert isinstance(read_spec(text.replace("KIND", "union").encode()).input, Union)


def test_aliases_cannot_grow_without_bound() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "over 50,000 values" in wrong("\n".join(lines))


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_give_a_specification_or_a_clear_error(data: bytes) -> None:
    with pytest.raises(RecensionError):
        read_spec(data)
