"""Functions as steps, what is bundled with them, and virtual environments."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from tests.flow.world import World, pfs, wait_until

from recension import flow
from recension.errors import Invalid, NotFound
from recension.flow.closure import import_closure
from recension.flow.environments import ensure
from recension.flow.spec_reader import read_spec
from recension.flow.step import pipeline

MODULE = """
from pathlib import Path
import recension
from helpers.text import shout

REQUIREMENTS = None

@recension.pipeline(
    name="shout",
    input={"pfs": {"repo": "texts", "glob": "/*"}},
    requirements=REQUIREMENTS,
    parameters={"mark": "!"},
    description="In capitals",
)
def main(inputs: dict[str, Path], out: Path, mark: str) -> None:
    for file in inputs["texts"].iterdir():
        print("shouting", file.name)
        (out / file.name).write_text(shout(file.read_text()) + mark)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "helpers").mkdir(parents=True)
    (folder / "shouting.py").write_text(MODULE)
    (folder / "helpers" / "__init__.py").write_text("")
    (folder / "helpers" / "text.py").write_text("from . import letters\nshout = letters.upper\n")
    (folder / "helpers" / "letters.py").write_text("import json, os\nupper = str.upper\n")
    (folder / "helpers" / "unused.py").write_text("1/0")
    (folder / "other.py").write_text("")
    return folder


def create(world: World, bundle: flow.Bundle) -> flow.Created:
    return flow.create_pipeline(world.store, world.db, world.clock, bundle.spec, bundle.files, where=bundle.where)


def test_closure_holds_what_is_imported_and_nothing_else(project: Path) -> None:
    assert set(import_closure(project, "shouting.py")) == {
        "shouting.py",
        "helpers/__init__.py",
        "helpers/text.py",
        "helpers/letters.py",
    }


def test_decorated_function_runs_and_a_changed_helper_runs_it_again(world: World, project: Path) -> None:
    world.put("texts", {"/a": "one"})
    (bundle,) = flow.pipeline_from_module(project / "shouting.py")
    create(world, bundle)
    (job,) = world.drain_well()
    assert world.files("shout") == {"/a": "ONE!"}
    assert "shouting a" in world.logs(job.id)
    assert world.store.resolve("shout").meta["parameters"] == {"mark": "!"}
    assert {entry.path for entry in world.store.walk(world.store.resolve("pipelines"))} == {
        "/shout/pipeline.yaml",
        *(f"/shout/files/{path}" for path in bundle.files),
    }
    (project / "other.py").write_text("changed = 1")
    assert not create(world, flow.pipeline_from_module(project / "shouting.py")[0]).changed
    (project / "helpers" / "letters.py").write_text("upper = str.title\n")
    create(world, flow.pipeline_from_module(project / "shouting.py")[0])
    (job,) = world.drain_well()
    assert world.files("shout") == {"/a": "One!"}
    assert world.explain(job.id)[0].differences == ("code: file helpers/letters.py changed",)


def test_function_in_a_specification_brings_its_imports(world: World, project: Path) -> None:
    (project / "p.yaml").write_text(
        "pipeline: {name: shout}\ninput: {pfs: {repo: texts, glob: '/*'}}\n"
        "transform: {function: 'shouting.py:main'}\nparameters: {mark: '?'}\n"
    )
    world.put("texts", {"/a": "one"})
    (bundle,) = flow.bundle(project / "p.yaml")
    create(world, bundle)
    world.drain_well()
    assert world.files("shout") == {"/a": "ONE?"}


def test_decorator_leaves_the_function_as_it_is() -> None:
    def double(number: int) -> int:
        return 2 * number

    assert pipeline(name="p", input={})(double) is double


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            ("requirements=REQUIREMENTS", "requirements=[str(1)]"),
            "shouting.py:11: argument 'requirements' is no literal",
        ),
        (("@recension.pipeline", "@recension.something"), "shouting.py: no function is decorated with @pipeline"),
        (("def main", "def main("), "shouting.py:15: not valid Python"),
    ],
)
def test_modules_that_cannot_be_read(project: Path, change: tuple[str, str], message: str) -> None:
    (project / "shouting.py").write_text(MODULE.replace(*change))
    with pytest.raises(Invalid) as caught:
        flow.pipeline_from_module(project / "shouting.py")
    assert str(caught.value).startswith(message)


def test_declared_file_that_is_missing(project: Path) -> None:
    (project / "p.yaml").write_text(
        "pipeline: {name: p}\ninput: {pfs: {repo: texts, glob: /}}\ntransform: {cmd: [x], files: [none.py]}\n"
    )
    with pytest.raises(NotFound, match=r"p.yaml: declared file 'none.py'"):
        flow.bundle(project / "p.yaml")


def test_declared_folder_brings_its_files(project: Path) -> None:
    (project / "p.yaml").write_text(
        "pipeline: {name: p}\ninput: {pfs: {repo: texts, glob: /}}\ntransform: {cmd: [x], files: [helpers]}\n"
    )
    (bundle,) = flow.bundle(project / "p.yaml")
    assert set(bundle.files) == {f"helpers/{name}.py" for name in ("__init__", "text", "letters", "unused")}
    read_spec(bundle.spec)


def wheel(folder: Path, version: str) -> str:
    """A package of one module, made by hand; return the requirement for it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"greeting-{version}-py3-none-any.whl"
    info = f"greeting-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("greeting.py", f"TEXT = 'hello {version}'\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: greeting\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return f"greeting @ {path.as_uri()}"


def test_requirements_are_installed_locked_and_part_of_the_key(world: World, tmp_path: Path) -> None:
    world.put("texts", {"/a": "one"})
    cmd = ["python", "-c", "import greeting; open('/pfs/out/x', 'w').write(greeting.TEXT)"]
    world.pipeline("greet", pfs("texts", "/"), cmd, transform={"requirements": [wheel(tmp_path / "w", "1.0")]})
    (job,) = world.drain_well()
    assert world.files("greet") == {"/x": "hello 1.0"}
    assert job.environment == "locked"
    assert any(line.startswith("environment: installing greeting") for line in world.logs(job.id))
    world.pipeline("greet", pfs("texts", "/"), cmd, transform={"requirements": [wheel(tmp_path / "w", "2.0")]})
    (job,) = world.drain_well()
    assert world.files("greet") == {"/x": "hello 2.0"}
    assert world.explain(job.id)[0].differences == ("code: lock", "code: requirements")


def test_requirement_that_cannot_be_installed_fails_the_job_with_the_last_lines(world: World) -> None:
    world.put("texts", {"/a": "one"})
    missing = "nothing @ file:///no/such/nothing-1.0-py3-none-any.whl"
    world.pipeline("none", pfs("texts", "/"), ["true"], transform={"requirements": [missing]})
    (job,) = world.drain()
    assert job.state is flow.JobState.FAILURE
    assert "the requirements cannot be installed" in (job.reason or "")
    assert "nothing-1.0" in (job.reason or "")
    # What is left of the attempt does not pass for an environment.
    flow.plan_run(world.db, world.store, world.clock, "none", "main", workspace="default")
    (job,) = world.drain()
    assert "the requirements cannot be installed" in (job.reason or "")


def test_environment_is_built_once_and_again_when_left_half_built(host: flow.Host, tmp_path: Path) -> None:
    said: list[str] = []
    stop = threading.Event()
    requirement = wheel(tmp_path / "w", "3.0")
    first = ensure(host, [requirement], None, said.append, stop)
    count = len(said)
    assert count > 0
    assert ensure(host, [requirement], first.lock, said.append, stop) == first
    assert len(said) == count
    (first.folder / "recension-lock.txt").unlink()
    again = ensure(host, [requirement], None, said.append, stop)
    assert again == first
    assert len(said) > count


def test_known_lock_wins_over_what_the_cache_resolved(host: flow.Host, tmp_path: Path) -> None:
    stop = threading.Event()
    old = ensure(host, [wheel(tmp_path / "old", "4.0")], None, lambda _: None, stop)
    new = wheel(tmp_path / "new", "5.0")
    ensure(host, [new], None, lambda _: None, stop)
    locked = ensure(host, [new], old.lock, lambda _: None, stop)
    assert locked.lock is not None
    assert "4.0" in locked.lock
    assert json.dumps(locked.lock).count("greeting") == json.dumps(old.lock).count("greeting")


def test_nobody_builds_where_a_killed_builders_installer_still_writes(host: flow.Host, tmp_path: Path) -> None:
    """The lock of an environment is held by the installer too, which may outlive the process that started it."""
    slow = tmp_path / "slow"
    (slow / "bin").mkdir(parents=True)
    script = slow / "bin" / "uv"
    script.write_text("#!/bin/sh\nsleep 2\n")
    script.chmod(0o755)
    build = (
        "import sys, threading; from pathlib import Path; from recension.flow import Host;"
        "from recension.flow.environments import ensure;"
        "ensure(Host(Path(sys.argv[1]), Path(sys.argv[2]), path=sys.argv[3]), None, None, print, threading.Event())"
    )
    cache = tmp_path / "cache"
    path = f"{slow / 'bin'}:{host.path}"
    process = subprocess.Popen([sys.executable, "-c", build, str(tmp_path), str(cache), path])
    wait_until(lambda: any(cache.glob("*.building")) and _is_held(next(cache.glob("*.building"))))
    time.sleep(0.3)
    process.kill()
    process.wait()
    assert _is_held(next(cache.glob("*.building")))
    started = time.monotonic()
    environment = ensure(replace(host, environments=cache), None, None, lambda _: None, threading.Event())
    assert time.monotonic() - started > 0.5
    assert (environment.bin / "python").exists()


def _is_held(lock: Path) -> bool:
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
