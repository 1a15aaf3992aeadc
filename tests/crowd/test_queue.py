"""Who gets which tasks, and when there are none."""

import threading
from itertools import pairwise

import pytest
from tests.crowd.office import GOOD, Office

from recension.crowd.leases import expire_pages, release_page
from recension.crowd.policy import PagePolicy, Policy, TrialPolicy
from recension.crowd.queue import NoWork, next_page
from recension.crowd.tasks import set_overlap, unwant
from recension.errors import NotFound

POLICY = Policy(overlap=2, page=PagePolicy(real=4, control=1, time_limit_s=600))


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path, POLICY, real=12, control=2)
    yield office
    office.check()
    office.close()


def test_a_page_mixes_real_and_control_tasks(office):
    page = office.ask(office.worker("ann"))
    assert sorted(office.kinds(page)) == ["control", "real", "real", "real", "real"]
    assert page.kind == "work"
    assert page.due_us == office.clock.now_us() + 600_000_000


def test_the_ids_on_a_page_do_not_tell_control_tasks(tmp_path):
    office = Office(tmp_path, POLICY, real=20, control=20)
    kinds = [kind for (kind,) in office.rows("SELECT kind FROM task ORDER BY id")]
    changes = sum(one != other for one, other in pairwise(kinds))
    assert changes > 10
    assert max(task for (task,) in office.rows("SELECT id FROM task")) < 2**53
    office.close()


def test_control_tasks_stand_at_different_places(tmp_path):
    office = Office(tmp_path, POLICY, real=40, control=10)
    places = set()
    for name in "abcdefgh":
        places.add(office.kinds(office.ask(office.worker(name))).index("control"))
    assert len(places) > 2
    office.close()


def test_a_control_task_comes_once_and_then_there_are_only_real_ones(office):
    ann = office.worker("ann")
    pages = [office.ask(ann)]
    office.do(ann, pages[0])
    pages.append(office.ask(ann))
    office.do(ann, pages[1])
    pages.append(office.ask(ann))
    assert [office.kinds(page).count("control") for page in pages] == [1, 1, 0]
    assert [office.kinds(page).count("real") for page in pages] == [4, 4, 4]
    seen = [task.id for page in pages for task in page.tasks]
    assert len(seen) == len(set(seen))


def test_new_control_tasks_are_used_after_the_old_ones_ran_out(tmp_path):
    office = Office(tmp_path, POLICY, real=40, control=1)
    ann = office.worker("ann")
    for _ in range(2):
        office.do(ann, office.ask(ann))
    office.add("control", 1, start=5)
    assert office.kinds(office.ask(ann)).count("control") == 1
    office.close()


def test_a_page_is_shorter_when_less_is_left(tmp_path):
    office = Office(tmp_path, POLICY, real=5, control=3)
    ann = office.worker("ann")
    office.do(ann, office.ask(ann))
    page = office.ask(ann)
    assert sorted(office.kinds(page)) == ["control", "real"]
    office.do(ann, page)
    assert office.ask(ann).reason == "done"
    office.close()


def test_tasks_nearest_to_completion_go_first(office):
    ann, bob = office.worker("ann"), office.worker("bob")
    first = office.ask(ann)
    office.do(ann, first)
    real = {t.id for t, kind in zip(first.tasks, office.kinds(first), strict=True) if kind == "real"}
    theirs = office.ask(bob)
    assert {t.id for t, kind in zip(theirs.tasks, office.kinds(theirs), strict=True) if kind == "real"} == real


def test_asking_again_hands_out_nothing_twice(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    assert office.ask(ann, holding=[]).id == page.id
    ahead = office.ask(ann, holding=[page.id])
    assert ahead.id != page.id
    assert ahead.clock_us is None
    assert ahead.due_us is None
    assert office.ask(ann, holding=[page.id]).id == ahead.id
    nothing = office.ask(ann, holding=[page.id, ahead.id])
    assert nothing == NoWork("wait", office.member(ann), (page.id, ahead.id))


def test_without_holding_the_next_page_is_fetched_ahead(office):
    ann = office.worker("ann")
    pages = [next_page(office.db, office.clock, office.project, ann) for _ in range(3)]
    assert pages[0].id != pages[1].id == pages[2].id


def test_two_pages_at_most_are_open(office):
    ann = office.worker("ann")
    one = office.ask(ann)
    two = office.ask(ann, holding=[one.id])
    assert isinstance(office.ask(ann, holding=[one.id, two.id]), NoWork)
    office.do(ann, one)
    assert office.ask(ann, holding=[two.id]).id not in {one.id, two.id}


def test_others_may_give_back_what_they_hold(tmp_path):
    office = Office(tmp_path, Policy(overlap=1, page=PagePolicy(real=4)), real=4)
    ann, bob = office.worker("ann"), office.worker("bob")
    page = office.ask(ann)
    assert office.ask(bob).reason == "wait"
    release_page(office.db, office.clock, ann, page.id)
    assert {t.id for t in office.ask(bob).tasks} == {t.id for t in page.tasks}
    office.check()
    office.close()


def test_what_was_given_back_unanswered_comes_back_first(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    release_page(office.db, office.clock, ann, page.id)
    assert {t.id for t in office.ask(ann).tasks} == {t.id for t in page.tasks}


def test_giving_pages_back_does_not_use_up_control_tasks(office):
    ann = office.worker("ann")
    for _ in range(5):
        page = office.ask(ann)
        assert office.kinds(page).count("control") == 1
        release_page(office.db, office.clock, ann, page.id)


def test_done_when_everything_was_seen(tmp_path):
    office = Office(tmp_path, Policy(overlap=3, page=PagePolicy(real=4)), real=6)
    ann = office.worker("ann")
    assert office.work_off(ann) == "done"
    assert office.member(ann).answers == 6
    office.add("real", 1, start=6)
    assert len(office.ask(ann).tasks) == 1
    office.close()


def test_a_paused_project_waits_and_a_closed_one_is_closed(office):
    ann = office.worker("ann")
    open_page = office.ask(ann)
    office.set(state="paused")
    assert office.ask(ann, holding=[open_page.id]).reason == "wait"
    office.set(state="closed")
    assert office.ask(ann, holding=[open_page.id]).reason == "closed"
    assert office.do(ann, open_page).page_done


def test_unwanted_tasks_are_not_handed_out_until_wanted_again(office):
    ann = office.worker("ann")
    ids = office.add("real", 12)
    office.db.write(lambda tx: unwant(tx, ids.values()))
    assert office.ask(ann).reason == "done"
    again = office.add("real", 3)
    page = office.ask(ann)
    assert set(again.values()) == {
        t.id for t, kind in zip(page.tasks, office.kinds(page), strict=True) if kind == "real"
    }


def test_more_overlap_opens_settled_tasks_again(office):
    ann, bob, eve = (office.worker(name) for name in ("ann", "bob", "eve"))
    for worker in (ann, bob):
        office.work_off(worker)
    assert office.ask(eve).reason == "done"
    office.db.write(lambda tx: set_overlap(tx, office.project, 3))
    assert office.work_off(eve) == "done"
    assert office.work_off(ann) == "done"
    assert office.rows("SELECT DISTINCT answered FROM task WHERE kind = 'real'") == [(3,)]


def test_more_overlap_reaches_those_who_had_passed_by(tmp_path):
    office = Office(tmp_path, Policy(overlap=1, page=PagePolicy(real=4)), real=6)
    ann, eve = office.worker("ann"), office.worker("eve")
    office.work_off(ann)
    office.add("real", 1, start=6)
    assert office.work_off(eve) == "done"
    office.db.write(lambda tx: set_overlap(tx, office.project, 2))
    office.work_off(eve)
    assert office.member(eve).answers == 7
    office.close()


def test_a_task_that_is_wanted_again_reaches_those_who_had_passed_by(tmp_path):
    office = Office(tmp_path, Policy(overlap=1, page=PagePolicy(real=4)), real=1)
    ann = office.worker("ann")
    task = office.add("real", 1)
    office.db.write(lambda tx: unwant(tx, task.values()))
    office.add("real", 3, start=1)
    assert office.work_off(ann) == "done"
    office.add("real", 1)
    assert {each.id for each in office.ask(ann).tasks} == set(task.values())
    office.close()


def test_less_overlap_keeps_what_was_answered(office):
    for name in ("ann", "bob"):
        office.work_off(office.worker(name))
    office.db.write(lambda tx: set_overlap(tx, office.project, 1))
    assert office.rows("SELECT DISTINCT answered FROM task WHERE kind = 'real'") == [(2,)]
    assert office.ask(office.worker("eve")).reason == "done"
    office.db.write(lambda tx: set_overlap(tx, office.project, 2))


def test_the_same_content_never_comes_twice_whatever_its_kind(tmp_path):
    from recension.crowd.tasks import NewTask, add_tasks

    office = Office(tmp_path, Policy(overlap=2, page=PagePolicy(real=4, control=1)), real=4)
    same = [NewTask("control", f"real-{n:06d}", {"headline": f"real {n}"}, GOOD) for n in range(4)]
    office.db.write(lambda tx: add_tasks(tx, 0, office.project, same, overlap=0))
    page = office.ask(office.worker("ann"))
    assert office.kinds(page) == ["real"] * 4
    office.check()
    office.close()


def test_a_project_without_loaded_training_makes_people_wait(tmp_path):
    office = Office(tmp_path, Policy(training=TrialPolicy()), real=4)
    assert office.ask(office.worker("ann")).reason == "wait"
    office.close()


def test_unknown_project_and_worker_are_named(office):
    with pytest.raises(NotFound, match="no project 99"):
        next_page(office.db, office.clock, 99, office.worker("ann"))
    with pytest.raises(NotFound, match="no worker 99"):
        office.ask(99)


def test_overlap_is_exact_under_sixteen_threads(tmp_path):
    office = Office(tmp_path, Policy(overlap=5, page=PagePolicy(real=4, control=1)), real=60, control=8)
    workers = [office.worker(f"w{n}") for n in range(16)]
    failures = []

    def run(worker):
        try:
            while True:
                page = office.ask(worker)
                if isinstance(page, NoWork):
                    if page.reason == "done":
                        return
                    continue
                for task in page.tasks:
                    office.answer(worker, page, task.id, answer_id=f"{worker}-{page.id}-{task.id}")
        except Exception as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=run, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert office.rows("SELECT DISTINCT reserved, answered FROM task WHERE kind = 'real'") == [(0, 5)]
    per_task = office.rows("SELECT COUNT(*) FROM answer a JOIN task t ON t.id = a.task WHERE kind = 'real'")
    assert per_task == [(300,)]
    office.check()
    office.close()


def test_the_cost_of_a_page_does_not_grow_with_what_was_done(tmp_path):
    """A worker who has answered everything so far passes over each of these tasks once, not once a page."""
    office = Office(tmp_path, Policy(overlap=2, page=PagePolicy(real=1)), real=300)
    ann = office.worker("ann")
    looked_at = []
    for _ in range(150):
        page = office.ask(ann)
        (mark,) = office.rows("SELECT COUNT(*) FROM task WHERE need = 1")[0]
        (behind,) = office.rows(
            "SELECT COUNT(*) FROM task t WHERE need = 1 AND turn > COALESCE((SELECT turn FROM queue_mark m"
            " WHERE m.worker = :w AND m.need = 1), 0)",
            w=ann,
        )[0]
        looked_at.append((mark, behind))
        office.do(ann, page)
    assert looked_at[-1][0] == 150
    assert max(behind for _, behind in looked_at) <= 2
    office.close()


def test_expired_tasks_go_to_others_and_late_workers_get_the_rest(office):
    ann, bob = office.worker("ann"), office.worker("bob")
    page = office.ask(ann)
    office.clock.advance(601)
    assert expire_pages(office.db, office.clock) == 1
    assert expire_pages(office.db, office.clock) == 0
    assert office.rows("SELECT SUM(reserved) FROM task") == [(0,)]
    office.work_off(bob)
    again = office.ask(ann)
    assert again.id != page.id
    assert {task.id for task in page.tasks} == {task.id for task in again.tasks}
