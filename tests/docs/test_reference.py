"""The reference names every field that the documents may have, and the site builds without a warning."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from recension.crowd import policy, spec
from recension.flow import input_reader, spec_reader, transform_reader

ROOT = Path(__file__).resolve().parent.parent.parent
DOCS = ROOT / "docs"


def words(page: str) -> set[str]:
    """Everything that stands in code on a page."""
    text = (DOCS / page).read_text()
    return set(re.findall(r"[A-Za-z_][\w-]*", " ".join(re.findall(r"```.*?```|`[^`]+`", text, re.DOTALL))))


PARTS = (
    spec.ProjectSpec,
    spec.InputSpec,
    spec.Rows,
    spec.TaskSource,
    spec.TrialSpec,
    spec.ControlSpec,
    spec.OutputSpec,
    policy.PagePolicy,
    policy.PayPolicy,
    policy.ConsensusPolicy,
    policy.ReleaseCount,
)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_field_of_the_project_file_is_in_its_reference(part):
    assert set(part.__struct_fields__) - words("reference/project.md") == set()


@pytest.mark.parametrize("rule", get_args(policy.Rule), ids=lambda rule: rule.__name__)
def test_every_rule_is_in_the_reference(rule):
    tag = msgspec.inspect.type_info(rule).tag
    assert {tag, *rule.__struct_fields__} - words("reference/project.md") == set()


def test_every_field_of_the_pipeline_file_is_in_its_reference():
    known = spec_reader._TOP | transform_reader._TRANSFORM | input_reader._PFS | set(input_reader._KINDS)
    # Accepted for old files, without a meaning here.
    known -= {"repo_type", "lazy", "s3"}
    assert known - words("reference/pipeline.md") == set()


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = (tmp_path / "site").rglob("*.html")
    outside = [page for page in pages if re.search(r'(src|href)="https?://fonts', page.read_text())]
    assert outside == []
