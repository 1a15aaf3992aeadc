"""Answers can be taken back; the log keeps both."""

import pytest
from tests.crowd.office import BAD, GOOD, Office

from recension.crowd.leases import expire_pages
from recension.crowd.log import last_seq, logged, votes
from recension.crowd.policy import ControlRate, PagePolicy, PayPolicy, Policy, TrialPolicy
from recension.crowd.undo import undo, withdraw_answer
from recension.errors import Conflict, Forbidden, NotFound

POLICY = Policy(overlap=2, page=PagePolicy(real=2, control=1), pay=PayPolicy("0.05"), undo_s=600)


@pytest.fixture
def office(tmp_path):
    office = Office(tmp_path, POLICY, real=8, control=4)
    yield office
    office.check()
    office.close()


def take_back(office, worker, answer_id):
    return undo(office.db, office.clock, worker, answer_id=answer_id)


def test_undo_puts_the_task_back_in_its_place(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    office.answer(ann, page, page.tasks[1].id, BAD, answer_id="x")
    undone = take_back(office, ann, "x")
    assert (undone.page.id, undone.task, undone.fields) == (page.id, page.tasks[1].id, BAD)
    assert [(t.id, t.answer) for t in undone.page.tasks] == [(t.id, None) for t in page.tasks]
    assert undone.page.tasks[1].draft == BAD
    office.answer(ann, page, page.tasks[1].id, GOOD)
    with office.db.read() as tx:
        history = logged(tx, [page.tasks[1].id])
    assert [(each.fields, each.withdrawn) for each in history] == [(BAD, True), (GOOD, False)]


def test_the_clock_follows_to_the_page_of_what_was_taken_back(office):
    ann = office.worker("ann")
    one = office.ask(ann)
    two = office.ask(ann, holding=[one.id])
    office.answer(ann, one, one.tasks[0].id, answer_id="x")
    office.answer(ann, two, two.tasks[0].id, answer_id="y")
    office.clock.advance(3)
    assert take_back(office, ann, "x").page.clock_us == office.clock.now_us()
    assert office.rows("SELECT id, spent_us FROM page WHERE clock_us IS NULL") == [(two.id, 3_000_000)]


def test_undo_twice_is_undo_once(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    office.answer(ann, page, page.tasks[0].id, answer_id="x")
    assert take_back(office, ann, "x") == take_back(office, ann, "x")
    assert office.rows("SELECT verb FROM answer ORDER BY seq") == [("answer",), ("withdraw",)]


def test_a_completed_page_opens_again_and_its_pay_is_reversed(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    for number, task in enumerate(page.tasks):
        office.clock.advance(20)
        office.answer(ann, page, task.id, answer_id=f"x{number}")
    ahead = office.ask(ann)
    office.clock.advance(5)
    assert take_back(office, ann, "x2").page.state == "active"
    assert office.member(ann).earned == "0.00"
    assert office.member(ann).pages == 0
    office.clock.advance(7)
    assert office.answer(ann, page, page.tasks[2].id).paid == "0.05"
    assert office.rows("SELECT amount, reason FROM ledger ORDER BY id") == [
        ("0.05", "completed"),
        ("-0.05", "undone"),
        ("0.05", "completed"),
    ]
    assert office.rows("SELECT id, spent_us FROM page ORDER BY id") == [(page.id, 67_000_000), (ahead.id, 5_000_000)]


def test_undo_ends_some_time_after_completion(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    for number, task in enumerate(page.tasks):
        office.answer(ann, page, task.id, answer_id=f"x{number}")
    office.clock.advance(600)
    take_back(office, ann, "x0")
    office.answer(ann, page, page.tasks[0].id)
    office.clock.advance(601)
    with pytest.raises(Conflict, match="more than 600 s ago") as error:
        take_back(office, ann, "x1")
    assert "review" in error.value.hint


def test_only_ones_own_answers_that_exist(office):
    ann, bob = office.worker("ann"), office.worker("bob")
    page = office.ask(ann)
    office.answer(ann, page, page.tasks[0].id, answer_id="x")
    with pytest.raises(Forbidden):
        take_back(office, bob, "x")
    with pytest.raises(NotFound):
        take_back(office, ann, "y")


def test_a_page_that_ran_out_of_time_stays_closed(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    office.answer(ann, page, page.tasks[0].id, answer_id="x")
    office.clock.advance(601)
    expire_pages(office.db, office.clock)
    with pytest.raises(Conflict, match="expired"):
        take_back(office, ann, "x")


def test_a_skip_can_be_undone_while_there_is_room(tmp_path):
    office = Office(tmp_path, Policy(overlap=1, page=PagePolicy(real=1)), real=2)
    ann, bob = office.worker("ann"), office.worker("bob")
    page = office.ask(ann)
    office.skip(ann, page, page.tasks[0].id, answer_id="s")
    assert take_back(office, ann, "s").page.state == "active"
    office.skip(ann, page, page.tasks[0].id, answer_id="s2")
    while (theirs := office.ask(bob)).tasks[0].id != page.tasks[0].id:
        office.do(bob, theirs)
    with pytest.raises(Conflict, match="meanwhile"):
        take_back(office, ann, "s2")
    office.check()
    office.close()


def test_the_rules_look_again_when_the_page_is_completed_again(tmp_path):
    policy = Policy(overlap=2, page=PagePolicy(real=2, control=1), rules=(ControlRate(last=10, at_most_percent=50),))
    office = Office(tmp_path, policy, real=8, control=4)
    ann = office.worker("ann")
    page = office.ask(ann)
    for task, kind in zip(page.tasks, office.kinds(page), strict=True):
        office.answer(ann, page, task.id, GOOD, answer_id=kind + str(task.id))
    (control,) = [t.id for t, kind in zip(page.tasks, office.kinds(page), strict=True) if kind == "control"]
    take_back(office, ann, f"control{control}")
    result = office.answer(ann, page, control, BAD, answer_id="last")
    assert result.membership.state == "banned"
    with pytest.raises(Forbidden, match="banned"):
        take_back(office, ann, "last")
    office.check()
    office.close()


def test_training_stands_and_an_exam_until_it_is_handed_in(tmp_path):
    policy = Policy(training=TrialPolicy(page=1, pass_percent=0), exam=TrialPolicy(page=2, pass_percent=50))
    office = Office(tmp_path, policy, real=2, training=1, exam=2)
    ann = office.worker("ann")
    page = office.ask(ann)
    office.answer(ann, page, page.tasks[0].id, BAD, answer_id="t1")
    office.answer(ann, page, page.tasks[0].id, GOOD, answer_id="t2")
    for answer_id in ("t1", "t2"):
        with pytest.raises(Conflict, match="first one counts"):
            take_back(office, ann, answer_id)
    page = office.ask(ann)
    office.answer(ann, page, page.tasks[0].id, BAD, answer_id="e1")
    take_back(office, ann, "e1")
    office.answer(ann, page, page.tasks[0].id, GOOD, answer_id="e2")
    assert office.answer(ann, page, page.tasks[1].id, GOOD, answer_id="e3").membership.state == "working"
    with pytest.raises(Conflict, match="handed in"):
        take_back(office, ann, "e3")
    office.close()


def test_review_withdraws_at_any_time_and_another_is_asked(office):
    ann, bob = office.worker("ann"), office.worker("bob")
    office.work_off(ann)
    office.work_off(bob)
    office.clock.advance(10_000)
    task, seq = office.rows("SELECT task, answer FROM page_task WHERE kind = 'real' AND worker = :w", w=ann)[0]
    before = office.member(ann).earned
    for _ in range(2):
        withdraw_answer(office.db, office.clock, office.project, seq, by="lead", reason="off topic")
    with office.db.read() as tx:
        assert [(each.worker, each.withdrawn) for each in logged(tx, [task])] == [(ann, True), (bob, False)]
        end = last_seq(tx, office.project)
        now, then = (votes(tx, office.project, "category", upto=upto) for upto in (end, end - 1))
        assert votes(tx, office.project, "category") == now
    assert {(each[0], each[1]) for each in then} - {(each[0], each[1]) for each in now} == {(task, ann)}
    assert office.member(ann).earned == before
    assert office.ask(ann).reason == office.ask(bob).reason == "done"
    eve = office.worker("eve")
    assert {
        t.id for t, kind in zip(office.ask(eve).tasks, office.kinds(office.ask(eve)), strict=True) if kind == "real"
    } == {task}
    with pytest.raises(Conflict, match="withdrawn already"):
        take_back(office, ann, office.rows("SELECT id FROM answer WHERE seq = :s", s=seq)[0][0])


def test_review_names_what_it_cannot_withdraw(office):
    ann = office.worker("ann")
    page = office.ask(ann)
    with pytest.raises(NotFound):
        withdraw_answer(office.db, office.clock, office.project, 1, by="lead")
    office.answer(ann, page, page.tasks[0].id, answer_id="x")
    take_back(office, ann, "x")
    with pytest.raises(Conflict, match="no vote"):
        withdraw_answer(office.db, office.clock, office.project, 1, by="lead")
