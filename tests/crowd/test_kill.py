"""A process that dies at any point leaves nothing half done, and doing it again does nothing twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.crowd.studio import Studio

ROOT = Path(__file__).parents[2]
DIED = 9
pytestmark = pytest.mark.slow

# Each point replaces one function by one that ends the process before or after the real one has run.
SCRIPT = """
import os, sys
from pathlib import Path
from recension.crowd import intake, publication, projects
from recension.store import Store
from tests.crowd.studio import Studio, table

folder, where, name, when = Path(sys.argv[1]), *sys.argv[2:]
place = {"publication": publication, "intake": intake, "projects": projects, "Store": Store}[where]
real = getattr(place, name)

def dying(*given, **named):
    if when == "after":
        real(*given, **named)
    os._exit(9)

studio = Studio(folder)
if where != "projects":
    studio.put("pool", {"/a.csv": ["one", "two"]})
    studio.create()
    studio.answer_all("bea", "cid")
    studio.put("pool", {"/b.csv": ["three"]})
else:
    studio.put("pool", {"/a.csv": ["one"]})
setattr(place, name, dying)
if where == "projects":
    studio.create()
elif where == "intake":
    studio.follow()
else:
    studio.publish()
"""


def die(folder, *point):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder), *point], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == DIED, done.stderr


def reopened(folder):
    """The home as another process finds it; the clock goes on."""
    studio = Studio(folder)
    studio.clock.advance(3600)
    return studio


@pytest.mark.parametrize(
    ("point", "published"),
    [
        (("Store", "write", "before"), 0),
        (("publication", "record", "before"), 0),
        (("publication", "record", "after"), 0),
        (("Store", "write", "after"), 1),
    ],
)
def test_a_publication_is_whole_or_absent_and_never_twice(tmp_path, point, published):
    die(tmp_path, *point)
    studio = reopened(tmp_path)
    assert (studio.count("publication"), studio.head() is not None) == (published, published == 1)
    again = [studio.publish() is not None, studio.publish() is not None]
    assert again == [published == 0, False]
    assert len(studio.store.log("labels", "main")) == 1
    assert len(studio.labels()) == 2
    studio.close()


@pytest.mark.parametrize("point", [("intake", "_unwant_left", "after"), ("intake", "plan_branch", "after")])
def test_an_input_commit_is_taken_in_whole_or_not_at_all(tmp_path, point):
    die(tmp_path, *point)
    studio = reopened(tmp_path)
    assert (studio.count("item"), studio.count("task")) == (2, 2)
    studio.follow()
    assert (studio.count("item"), studio.count("task")) == (3, 3)
    studio.close()


def test_a_project_is_created_whole_or_not_at_all(tmp_path):
    die(tmp_path, "projects", "_apply", "after")
    studio = reopened(tmp_path)
    assert (studio.count("project"), studio.count("task"), studio.head(repo="projects")) == (0, 0, None)
    studio.create()
    assert (studio.count("project"), studio.count("task")) == (1, 1)
    studio.close()
