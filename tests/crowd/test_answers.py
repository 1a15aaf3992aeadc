"""Answers are taken once, in place, by the right person, and never lost."""

from itertools import permutations

import pytest
from tests.crowd.office import BAD, GOOD, Office

from recension.crowd.drafts import MAX_DRAFT_BYTES, drafts, save_draft
from recension.crowd.leases import expire_pages, release_page
from recension.crowd.log import logged, logged_after
from recension.crowd.pages import read_page
from recension.crowd.policy import PagePolicy, PayPolicy, Policy
from recension.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge

POLICY = Policy(overlap=2, page=PagePolicy(real=3, control=1), pay=PayPolicy("0.05"))


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path, POLICY, real=9, control=3)
    yield office
    office.check()
    office.close()


def test_the_last_answer_completes_the_page_and_pays_it(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    results = [office.answer(ann, page, task.id) for task in page.tasks]
    assert [r.page_done for r in results] == [False, False, False, True]
    assert [r.paid for r in results] == [None, None, None, "0.05"]
    assert [r.seq for r in results] == [1, 2, 3, 4]
    assert results[-1].membership.earned == "0.05"
    assert office.ask(ann).id != page.id


def test_nothing_is_told_about_control_tasks(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    for task in page.tasks:
        result = office.answer(ann, page, task.id, BAD)
        assert (result.correct, result.expected, result.hint) == (None, None, None)


def test_the_same_answer_sent_again_changes_nothing(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    for task in page.tasks:
        first = office.answer(ann, page, task.id, answer_id=f"x{task.id}")
        again = office.answer(ann, page, task.id, answer_id=f"x{task.id}")
        assert (again.seq, again.page_done, again.paid) == (first.seq, first.page_done, first.paid)
    assert office.rows("SELECT COUNT(*) FROM answer") == [(4,)]
    assert office.rows("SELECT COUNT(*) FROM ledger") == [(1,)]


def test_an_id_is_for_one_answer_only(office):
    ann, bob = office.worker("ann"), office.worker("bob")
    page, other = office.ask(ann), office.ask(bob)
    task = page.tasks[0].id
    office.answer(ann, page, task, GOOD, answer_id="x")
    with pytest.raises(Conflict, match="something else"):
        office.answer(ann, page, task, BAD, answer_id="x")
    with pytest.raises(Conflict, match="something else"):
        office.answer(ann, page, page.tasks[1].id, GOOD, answer_id="x")
    with pytest.raises(Conflict, match="something else"):
        office.answer(bob, other, other.tasks[0].id, GOOD, answer_id="x")
    with pytest.raises(Conflict, match="something else"):
        office.skip(ann, page, task, answer_id="x")
    for wrong in ("", "x" * 201):
        with pytest.raises(Invalid, match="id of its own"):
            submit(office, ann, page, task, answer_id=wrong)


def submit(office, worker, page, task, **values):
    from recension.crowd.answers import submit_answer

    return submit_answer(office.db, office.clock, worker, page.id, task, GOOD, **values)


def test_a_second_answer_to_a_task_is_refused(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    office.answer(ann, page, page.tasks[0].id)
    with pytest.raises(Conflict, match="answered already") as error:
        office.answer(ann, page, page.tasks[0].id, BAD)
    assert "undo" in error.value.hint


def test_pages_and_tasks_of_others_are_refused(office):
    ann, bob = office.worker("ann"), office.worker("bob")
    page = office.ask(ann)
    with pytest.raises(Forbidden):
        office.answer(bob, page, page.tasks[0].id)
    with pytest.raises(NotFound, match="not on this page"):
        office.answer(ann, page, 12345)
    with pytest.raises(NotFound, match="no page"):
        office.answer(ann, 999, page.tasks[0].id)


def test_fields_must_fit_the_schema(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    for wrong in ({}, {"category": "cat"}, {"category": "news", "more": 1}):
        with pytest.raises(Invalid):
            office.answer(ann, page, page.tasks[0].id, wrong)
    assert office.rows("SELECT COUNT(*) FROM answer") == [(0,)]


def test_a_finished_page_takes_no_more(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    office.do(ann, page)
    with pytest.raises(Conflict, match="finished"):
        office.answer(ann, page, page.tasks[0].id)


def test_a_late_answer_is_refused_but_what_was_typed_is_kept(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    office.answer(ann, page, page.tasks[0].id)
    office.clock.advance(601)
    with pytest.raises(Conflict, match="its time is up"):
        office.answer(ann, page, page.tasks[1].id, BAD)
    assert office.rows("SELECT state FROM page") == [("expired",)]
    again = {task.id: task.draft for task in office.ask(ann).tasks}
    assert again[page.tasks[1].id] == BAD
    assert page.tasks[0].id not in again
    assert office.rows("SELECT COUNT(*) FROM answer") == [(1,)]


def test_an_answer_at_the_very_limit_is_in_time(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    office.clock.advance(600)
    assert expire_pages(office.db, office.clock) == 0
    assert office.answer(ann, page, page.tasks[0].id).seq == 1


def test_drafts_survive_expiry_and_release(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    save_draft(office.db, ann, page.id, page.tasks[2].id, {"category": "unfin"})
    office.clock.advance(601)
    expire_pages(office.db, office.clock)
    page = office.ask(ann)
    release_page(office.db, office.clock, ann, page.id)
    with office.db.read() as tx:
        ((task, draft),) = drafts(tx, office.project, ann).items()
    assert draft == {"category": "unfin"}
    page = office.ask(ann)
    assert {t.id: t.draft for t in page.tasks}[task] == draft
    office.answer(ann, page, task)
    with office.db.read() as tx:
        assert drafts(tx, office.project, ann) == {}
    with pytest.raises(Conflict):
        save_draft(office.db, ann, page.id, task, BAD)
    with pytest.raises(TooLarge):
        save_draft(office.db, ann, page.id, page.tasks[-1].id, {"category": "x" * MAX_DRAFT_BYTES})
    with pytest.raises(NotFound):
        save_draft(office.db, ann, page.id, 5, BAD)


def test_a_draft_for_what_was_answered_since_is_dropped(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    release_page(office.db, office.clock, ann, page.id)
    again = office.ask(ann)
    office.answer(ann, again, page.tasks[0].id)
    save_draft(office.db, ann, page.id, page.tasks[0].id, BAD)
    with office.db.read() as tx:
        assert drafts(tx, office.project, ann) == {}


def test_drafts_that_come_late_replace_no_later_ones(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    task = page.tasks[0].id
    for base, order in enumerate(permutations(range(4))):
        latest = -1
        for edited in (*order, *order):
            at_us = base * 10 + edited
            save_draft(office.db, ann, page.id, task, {"category": f"{at_us}"}, edited_us=at_us)
            latest = max(latest, at_us)
            with office.db.read() as tx:
                kept = read_page(tx, page.id).tasks[0]
            assert (kept.draft, kept.draft_us) == ({"category": f"{latest}"}, latest)
    save_draft(office.db, ann, page.id, task, {"category": "of no time"})
    with office.db.read() as tx:
        assert drafts(tx, office.project, ann)[task] == {"category": "of no time"}


def test_what_was_answered_on_a_lost_page_counts_and_is_not_paid(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    for task in page.tasks[:3]:
        office.answer(ann, page, task.id)
    office.clock.advance(601)
    expire_pages(office.db, office.clock)
    member = office.member(ann)
    assert (member.answers, member.pages, member.earned) == (3, 0, "0")


def test_a_skipped_task_goes_to_others_and_earns_nothing(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    skipped = page.tasks[0].id
    assert office.skip(ann, page, skipped, answer_id="s").page_done is False
    assert office.skip(ann, page, skipped, answer_id="s").seq == 1
    results = [office.answer(ann, page, task.id) for task in page.tasks[1:]]
    assert results[-1].page_done
    assert results[-1].paid == "0.0375"
    seen = set()
    while office.ask(ann, holding=[]).__class__.__name__ == "Page":
        page = office.ask(ann, holding=[])
        seen |= {task.id for task in page.tasks}
        office.do(ann, page)
    assert skipped not in seen
    assert office.rows("SELECT reserved, answered FROM task WHERE id = :id", id=skipped) == [(0, 0)]


def test_a_page_of_skips_is_not_paid(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    assert [office.skip(ann, page, task.id).paid for task in page.tasks] == [None] * 4


def test_a_prefetched_page_starts_its_clock_when_the_one_before_is_done(office):
    ann = office.worker("ann")
    one = office.ask(ann)
    two = office.ask(ann, holding=[one.id])
    office.do(ann, one, seconds=50)
    ((clock_us, due_us),) = office.rows("SELECT clock_us, due_us FROM page WHERE id = :id", id=two.id)
    assert clock_us == office.clock.now_us()
    assert due_us == clock_us + 600_000_000
    office.do(ann, two, seconds=40)
    assert office.rows("SELECT spent_us FROM page ORDER BY id") == [(50_000_000,), (40_000_000,)]


def test_the_clock_follows_the_page_that_is_answered(office):
    ann = office.worker("ann")
    one = office.ask(ann)
    two = office.ask(ann, holding=[one.id])
    office.clock.advance(10)
    office.answer(ann, two, two.tasks[0].id)
    office.clock.advance(20)
    office.answer(ann, one, one.tasks[0].id)
    assert office.rows("SELECT spent_us FROM page ORDER BY id") == [(10_000_000,), (20_000_000,)]
    office.clock.advance(601)
    assert expire_pages(office.db, office.clock) == 1
    office.clock.advance(601)
    assert expire_pages(office.db, office.clock) == 1


def test_giving_back_is_for_open_pages_of_ones_own(office):
    ann, bob = office.worker("ann"), office.worker("bob")
    page = office.ask(ann)
    with pytest.raises(Forbidden):
        release_page(office.db, office.clock, bob, page.id)
    assert release_page(office.db, office.clock, ann, page.id).state == "released"
    with pytest.raises(Conflict, match="released"):
        release_page(office.db, office.clock, ann, page.id)
    with pytest.raises(Conflict, match="given back"):
        office.answer(ann, page, page.tasks[0].id)


def test_simulated_workers_say_how_long_they_took_and_people_do_not(office):
    ann, sim = office.worker("ann"), office.worker("sim", simulated=True)
    page, theirs = office.ask(ann), office.ask(sim)
    with pytest.raises(Invalid, match="only simulated"):
        office.answer(ann, page, page.tasks[0].id, sim_s=3)
    with pytest.raises(Invalid, match="needs its simulated time"):
        office.answer(sim, theirs, theirs.tasks[0].id)
    for task in theirs.tasks:
        office.answer(sim, theirs, task.id, sim_s=7)
    assert office.rows("SELECT spent_us, sim FROM page WHERE id = :id", id=theirs.id) == [(28_000_000, 1)]
    with pytest.raises(Conflict, match="simulated worker"):
        office.worker("sim")
    for wrong in (-1, 1.5, True):
        with pytest.raises(Invalid, match="no time"):
            submit(office, ann, page, page.tasks[0].id, answer_id="t", spent_us=wrong)


def test_the_log_keeps_who_said_what_when_and_under_which_guideline(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    submit(office, ann, page, page.tasks[0].id, answer_id="x", spent_us=1_500_000)
    office.set(guideline_hash="g2")
    office.clock.advance(5)
    office.answer(ann, page, page.tasks[1].id)
    with office.db.read() as tx:
        one, two = logged_after(tx, office.project)
        assert logged_after(tx, office.project, after=one.seq) == [two]
        assert logged_after(tx, office.project, limit=1) == [one]
        assert logged(tx, [two.task, one.task]) == [one, two]
    assert (one.worker_name, one.fields, one.spent_us, one.guideline_hash) == ("ann", GOOD, 1_500_000, "g1")
    assert (two.guideline_hash, two.at_us - one.at_us) == ("g2", 5_000_000)
