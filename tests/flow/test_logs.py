"""Reading logs: while a step runs, and page by page."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.flow.world import World, pfs, wait_until

from recension import flow
from recension.errors import Invalid, NotFound


def pages(world: World, job: str, limit: int, datum: str | None = None) -> list[tuple[str, ...]]:
    """All pages from the beginning of a finished job's text to its end."""
    found: list[tuple[str, ...]] = []
    after = None
    while True:
        with world.db.read() as tx:
            page = flow.log_page(world.store, tx, job, datum, after=after, limit=limit)
        found.append(page.lines)
        after = page.next
        if after is None:
            return found


def test_pages_are_the_whole_text(world: World) -> None:
    world.put("texts", {f"/{number}": "x" for number in range(3)})
    world.pipeline("loud", pfs("texts", "/*"), ["sh", "-c", "seq 10; ! test -e /pfs/texts/1"], datum_tries=1)
    (job,) = world.drain()
    whole = world.logs(job.id)
    assert "failed" in next(line for line in whole if line.startswith("=="))
    for limit in (1, 2, 7, len(whole), 1000):
        found = pages(world, job.id, limit)
        assert [line for page in found for line in page] == whole
        assert all(len(page) == limit for page in found[:-1])
    with world.db.read() as tx:
        first, *_ = flow.datums_run(tx, job.id)
    assert [line for page in pages(world, job.id, 3, first.id[:8]) for line in page] == world.logs(job.id, first.id)


def test_pages_of_a_datum_that_another_job_ran(world: World) -> None:
    world.put("texts", {"/a": "x"})
    world.pipeline("loud", pfs("texts", "/*"), ["sh", "-c", "seq 5"])
    (job,) = world.drain_well()
    with world.db.read() as tx:
        (datum,) = flow.datums_run(tx, job.id)
    world.put("texts", {})
    (later,) = world.drain_well()
    found = [line for page in pages(world, later.id, 2, datum.id) for line in page]
    assert found == world.logs(later.id, datum.id)
    assert found[1:] == ["1", "2", "3", "4", "5"]


def test_what_is_no_place_or_no_datum(world: World) -> None:
    world.put("texts", {"/a": "x"})
    world.pipeline("loud", pfs("texts", "/*"), ["true"])
    (job,) = world.drain_well()
    with world.db.read() as tx:
        for wrong in ("", "job", "job:x", ":3", "job:²"):
            with pytest.raises(Invalid, match="no place in a log"):
                flow.log_page(world.store, tx, job.id, after=wrong, limit=1)
        with pytest.raises(NotFound, match="no datum 'ffff'"):
            flow.log_page(world.store, tx, job.id, "ffff", limit=1)
        with pytest.raises(NotFound):
            flow.log_page(world.store, tx, "none", limit=1)


def test_a_running_datum_is_heard_and_followed_to_its_end(world: World, tmp_path: Path) -> None:
    world.put("texts", {"/a": "x"})
    script = "echo begun; until test -e /pfs/out/../../go; do sleep 0.05; done; echo done"
    if world.engine.sandbox.isolates:
        script = "echo begun; until test -e go; do sleep 0.05; done; echo done"
    world.pipeline("slow", pfs("texts", "/*"), ["sh", "-c", script])
    flow.plan_events(world.db, world.store)
    (job,) = world.jobs("slow")
    run = threading.Thread(target=flow.run_job, args=(world.store, world.db, world.clock, job.id, world.engine))
    run.start()
    wait_until(lambda: any(b"begun" in said for said in world.engine.talking(job.id).values()))
    ((datum, said),) = world.engine.talking(job.id).items()
    assert said == b"begun\n"
    with world.db.read() as tx:
        page = flow.log_page(world.store, tx, job.id, datum, running={datum: said}, limit=100)
        assert list(flow.logs(world.store, tx, job.id, running={datum: said}))[-2:] == [*page.lines]
    assert page.lines == (f"== datum {datum}: running", "begun")
    (folder,) = (tmp_path / "scratch").glob(f"*/{datum}/files")
    (folder / "go").touch()
    (folder.parent / "go").touch()
    run.join(20)
    assert world.engine.talking(job.id) == {}
    with world.db.read() as tx:
        rest = flow.log_page(world.store, tx, job.id, datum, after=page.next, limit=100)
    assert (rest.lines, rest.next) == (("done",), None)
