"""The figures of a project are what its stored answers come to."""

import json
from dataclasses import replace

import pytest
from tests.crowd.office import BAD, GOOD, SCHEMA, Office

from recension.crowd.bans import ban_worker
from recension.crowd.policy import ControlRate, FastPages, PagePolicy, PayPolicy, Policy
from recension.crowd.progress import project_progress, tasks_report, worker_report
from recension.label import schema_to_json

POLICY = Policy(
    overlap=3,
    page=PagePolicy(real=4, control=1),
    pay=PayPolicy("0.05"),
    rules=(FastPages(under_s=30, last=5, at_least=4), ControlRate(last=10, at_least=4, at_most_percent=10)),
    on_ban="exclude_and_reoffer",
)


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path, POLICY, real=8, control=2)
    yield office
    office.check()
    office.close()


def read(office, function, **how):
    with office.db.read() as tx:
        return function(tx, office.project, **how)


def test_opinions_neither_agree_nor_disagree(office):
    for name in ("ann", "bob"):
        office.work_off(office.worker(name))
    assert read(office, project_progress).agreement_percent == 100
    fields = [replace(field, opinion=True) for field in SCHEMA.fields]
    office.set(label_schema=json.dumps(schema_to_json(replace(SCHEMA, fields=tuple(fields)))))
    assert read(office, project_progress).agreement_percent is None
    assert read(office, project_progress).judgements == 16


def test_an_empty_project_has_no_rates(office):
    progress = read(office, project_progress)
    assert (progress.tasks, progress.settled, progress.open, progress.judgements) == (8, 0, 8, 0)
    assert (progress.agreement_percent, progress.control_percent, progress.eta_s) == (None, None, None)
    assert progress.cost == "0"


def test_figures_add_up(office):
    ann, bob, eve = (office.worker(name) for name in ("ann", "bob", "eve"))
    office.work_off(ann)
    office.work_off(bob)
    page = office.ask(eve)
    for task in page.tasks:
        office.answer(eve, page, task.id, BAD)
    progress = read(office, project_progress)
    assert (progress.tasks, progress.settled, progress.open) == (8, 4, 4)
    assert progress.judgements == 8 + 8 + 4
    # Four tasks with votes g g b: 1 of 3 pairs equal; four with g g: 1 of 1.
    assert progress.agreement_percent == round(100 * (4 * 2 + 4 * 2) / (4 * 6 + 4 * 2), 4)
    assert progress.control_percent == 80
    assert (progress.cost, progress.currency) == ("0.25", "USD")
    assert progress.workers["working"] == 3
    assert progress.eta_s > 0
    lines = {line.worker.name: line for line in read(office, worker_report)}
    assert (lines["ann"].control_right, lines["ann"].control_total) == (2, 2)
    assert (lines["eve"].control_right, lines["eve"].control_total, lines["eve"].fast_pages) == (0, 1, 1)
    assert (lines["ann"].membership.answers, lines["ann"].membership.pages) == (10, 2)


def test_what_a_ban_excludes_is_no_judgement_but_shows_in_the_control_figures(office):
    ann = office.worker("ann")
    office.work_off(ann)
    ban_worker(office.db, office.clock, office.project, ann, reason="spam")
    progress = read(office, project_progress)
    assert (progress.judgements, progress.workers["banned"], progress.control_percent) == (0, 1, 100)


def test_the_pace_of_the_last_answers_tells_when_it_is_done(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    for task in page.tasks:
        office.clock.advance(10)
        office.answer(ann, page, task.id)
    left = 8 * 3 - 4
    assert read(office, project_progress).eta_s == pytest.approx(left * 10, rel=0.35)
    for name in ("bob", "eve"):
        office.work_off(office.worker(name))
    office.work_off(ann)
    assert read(office, project_progress).eta_s == 0


def test_tasks_are_listed_with_their_answers_page_by_page(office):
    ann = office.worker("ann")
    office.do(ann, office.ask(ann))
    everything = read(office, tasks_report)
    assert len(everything) == 8
    assert sum(len(line.answers) for line in everything) == 4
    first = read(office, tasks_report, limit=3)
    rest = read(office, tasks_report, after=first[-1].id, limit=100)
    assert [line.id for line in first + rest] == [line.id for line in everything]
    assert {line.status for line in everything} == {"open"}
    for name in ("bob", "eve"):
        office.work_off(office.worker(name))
    assert {line.status for line in read(office, tasks_report, status="settled")} == {"settled"}
    assert len(read(office, tasks_report, status="settled")) == 4
    assert len(read(office, tasks_report, status="open")) == 4
    assert read(office, tasks_report, status="stale") == []
    assert everything[0].data["headline"].startswith("real")
    assert GOOD in [answer.fields for line in everything for answer in line.answers]


def test_items_of_a_task_and_their_staleness_are_shown(office):
    task = read(office, tasks_report)[0].id

    def items(tx):
        for name, stale in (("/b.csv#1", 1), ("/a.csv#1", 0)):
            tx.execute(
                "INSERT INTO item (project, branch, item_id, path, work_id, task, stale, commit_id)"
                " VALUES (:p, 'main', :name, '/x.csv', 'w', :task, :stale, 'c')",
                {"p": office.project, "name": name, "task": task, "stale": stale},
            )

    office.db.write(items)
    (line,) = read(office, tasks_report, status="stale")
    assert (line.id, line.items, line.status) == (task, ("/a.csv#1", "/b.csv#1"), "stale")
    assert read(office, project_progress).stale == 1
