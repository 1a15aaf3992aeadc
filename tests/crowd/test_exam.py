"""Training teaches and counts first answers; an exam keeps its verdict to the end."""

import pytest
from tests.crowd.office import BAD, GOOD, Office

from recension.crowd.bans import admit_worker, ban_worker, unban_worker
from recension.crowd.leases import expire_pages
from recension.crowd.policy import PagePolicy, PayPolicy, Policy, TrialPolicy, encode_policy
from recension.errors import Conflict

TRAINED = Policy(page=PagePolicy(real=2), pay=PayPolicy("0.05"), training=TrialPolicy(page=4, pass_percent=75))


def office_with(tmp_path, policy, **tasks):
    return Office(tmp_path, policy, real=4, **tasks)


def train(office, worker, wrong_first):
    """Go through training; the tasks in ``wrong_first`` (numbers) are wrong at first. The last result."""
    number = 0
    result = None
    while office.member(worker) is None or office.member(worker).state in {"new", "training"}:
        page = office.ask(worker)
        assert page.kind == "training"
        for task in page.tasks:
            if number in wrong_first:
                result = office.answer(worker, page, task.id, BAD)
                assert (result.correct, result.expected, result.hint) == (False, GOOD, "look twice")
                assert not result.page_done
            result = office.answer(worker, page, task.id, GOOD)
            assert (result.correct, result.expected, result.hint, result.paid) == (True, None, None, None)
            number += 1
    return result


@pytest.mark.parametrize(("wrong", "state"), [((), "working"), ((3,), "working"), ((0, 3), "failed")])
def test_the_mark_is_the_share_of_right_first_answers(tmp_path, wrong, state):
    office = office_with(tmp_path, TRAINED, training=4)
    ann = office.worker("ann")
    result = train(office, ann, wrong)
    assert result.membership.state == state
    nothing = office.ask(ann)
    if state == "failed":
        assert nothing.reason == "failed"
        assert nothing.membership.reason == "training: 2 of 4 right, 75 % needed"
    else:
        assert nothing.kind == "work"
    assert office.rows("SELECT COUNT(*) FROM ledger") == [(0,)]
    office.check()
    office.close()


def test_training_goes_over_several_pages_and_is_never_fetched_ahead(tmp_path):
    office = office_with(tmp_path, TRAINED, training=6)
    ann = office.worker("ann")
    page = office.ask(ann)
    assert len(page.tasks) == 4
    assert office.ask(ann).id == page.id
    assert office.ask(ann, holding=[page.id]).reason == "wait"
    office.do(ann, page)
    assert len(office.ask(ann).tasks) == 2
    assert office.member(ann).state == "training"
    office.close()


def test_a_repeated_wrong_answer_gets_the_same_reply_and_is_logged_once(tmp_path):
    office = office_with(tmp_path, TRAINED, training=4)
    ann = office.worker("ann")
    page = office.ask(ann)
    one, two = (office.answer(ann, page, page.tasks[0].id, BAD, answer_id="x") for _ in range(2))
    assert one == two
    with pytest.raises(Conflict, match="cannot be skipped"):
        office.skip(ann, page, page.tasks[0].id)
    assert office.rows("SELECT COUNT(*) FROM answer") == [(1,)]
    office.close()


def test_a_first_answer_counts_even_if_the_page_ran_out(tmp_path):
    office = office_with(tmp_path, TRAINED, training=4)
    ann = office.worker("ann")
    page = office.ask(ann)
    for task in page.tasks[:2]:
        office.answer(ann, page, task.id, BAD)
    office.clock.advance(601)
    expire_pages(office.db, office.clock)
    again = office.ask(ann)
    assert {t.id for t in again.tasks} == {t.id for t in page.tasks}
    assert office.do(ann, again).membership.state == "failed"
    office.check()
    office.close()


def exam_policy(percent):
    return Policy(page=PagePolicy(real=2), exam=TrialPolicy(page=2, pass_percent=percent))


@pytest.mark.parametrize(("percent", "state"), [(50, "working"), (51, "failed")])
def test_an_exam_tells_nothing_before_its_end(tmp_path, percent, state):
    office = office_with(tmp_path, exam_policy(percent), exam=4)
    ann = office.worker("ann")
    results = []
    for fields in (GOOD, BAD):
        page = office.ask(ann)
        assert page.kind == "exam"
        results += [office.answer(ann, page, task.id, fields) for task in page.tasks]
    assert {(r.correct, r.expected, r.hint) for r in results} == {(None, None, None)}
    assert [r.membership.state for r in results] == ["exam", "exam", "exam", state]
    office.check()
    office.close()


def test_a_stage_is_not_judged_while_its_page_is_open(tmp_path):
    office = office_with(tmp_path, exam_policy(100), exam=2)
    ann = office.worker("ann")
    page = office.ask(ann)
    office.answer(ann, page, page.tasks[0].id, GOOD)
    nothing = office.ask(ann, holding=[page.id])
    assert (nothing.reason, nothing.membership.state) == ("wait", "exam")
    office.close()


def test_a_skipped_exam_task_is_wrong(tmp_path):
    office = office_with(tmp_path, exam_policy(100), exam=2)
    ann = office.worker("ann")
    page = office.ask(ann)
    office.answer(ann, page, page.tasks[0].id)
    assert office.skip(ann, page, page.tasks[1].id).membership.reason == "exam: 1 of 2 right, 100 % needed"
    office.close()


def test_training_comes_before_the_exam_and_the_exam_before_work(tmp_path):
    policy = Policy(training=TrialPolicy(page=1, pass_percent=100), exam=TrialPolicy(page=1, pass_percent=100))
    office = office_with(tmp_path, policy, training=1, exam=1)
    ann = office.worker("ann")
    kinds = []
    for _ in range(3):
        page = office.ask(ann)
        kinds.append(page.kind)
        office.do(ann, page)
    assert kinds == ["training", "exam", "work"]
    office.close()


def test_a_stage_that_the_project_gives_up_holds_nobody(tmp_path):
    office = office_with(tmp_path, exam_policy(100), exam=2)
    ann = office.worker("ann")
    page = office.ask(ann)
    office.set(policy=encode_policy(Policy(page=PagePolicy(real=2))))
    assert office.ask(ann, holding=[page.id]).kind == "work"
    office.close()


def test_a_lead_may_admit_who_failed_and_who_is_let_back_in_is_not_trained_again(tmp_path):
    office = office_with(tmp_path, TRAINED, training=4)
    ann, bob = office.worker("ann"), office.worker("bob")
    train(office, ann, (0, 1, 2))
    assert admit_worker(office.db, office.clock, office.project, ann, reason="we know her").state == "working"
    assert office.ask(ann).kind == "work"
    train(office, bob, ())
    ban_worker(office.db, office.clock, office.project, bob, reason="by mistake", by="lead")
    assert office.ask(bob).reason == "banned"
    assert unban_worker(office.db, office.clock, office.project, bob).member.state == "new"
    assert office.ask(bob).kind == "work"
    assert office.member(bob).state == "working"
    office.close()
