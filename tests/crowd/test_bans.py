"""What a ban does to pages, answers and pay, and how it is taken back."""

import pytest
from tests.crowd.office import Office

from recension.crowd.bans import ban_worker, unban_worker
from recension.crowd.log import last_seq, logged_after, votes
from recension.crowd.policy import PagePolicy, PayPolicy, Policy
from recension.crowd.recount import recount
from recension.crowd.undo import withdraw_answer
from recension.errors import Conflict


def office_with(tmp_path, **policy):
    policy = {"overlap": 2, "page": PagePolicy(real=3, control=1), "pay": PayPolicy("0.05"), **policy}
    return Office(tmp_path, Policy(**policy), real=6, control=3)


def ban(office, worker):
    return ban_worker(office.db, office.clock, office.project, worker, reason="spam", by="lead")


def voters(office, upto=None):
    with office.db.read() as tx:
        return {worker for _, worker, _ in votes(tx, office.project, "category", upto=upto)}


@pytest.mark.parametrize(
    ("on_ban", "counts", "answered", "asks_others"),
    [("keep", True, 6, False), ("exclude", False, 6, False), ("exclude_and_reoffer", False, 0, True)],
)
def test_a_ban_does_to_answers_what_the_policy_says(tmp_path, on_ban, counts, answered, asks_others):
    office = office_with(tmp_path, on_ban=on_ban, overlap=1)
    ann, bob = office.worker("ann"), office.worker("bob")
    assert office.work_off(ann) == "done"
    end = max(seq for (seq,) in office.rows("SELECT seq FROM answer"))
    assert ban(office, ann).state == "banned"
    assert office.ask(ann).reason == "banned"
    assert voters(office) == ({ann} if counts else set())
    assert voters(office, upto=end) == {ann}
    assert office.rows("SELECT SUM(answered) FROM task WHERE kind = 'real'") == [(answered,)]
    assert (office.work_off(bob), bool(office.member(bob).answers)) == ("done", asks_others)
    with office.db.read() as tx:
        excluded = {each.excluded for each in logged_after(tx, office.project) if each.worker == ann}
    assert excluded == {not counts}
    office.check()
    office.close()


def test_open_pages_of_the_banned_go_back(tmp_path):
    office = office_with(tmp_path)
    ann = office.worker("ann")
    page = office.ask(ann)
    office.ask(ann, holding=[page.id])
    office.answer(ann, page, page.tasks[0].id)
    ban(office, ann)
    assert office.rows("SELECT DISTINCT state FROM page") == [("released",)]
    assert office.rows("SELECT SUM(reserved) FROM task") == [(0,)]
    with pytest.raises(Conflict, match="given back"):
        office.answer(ann, page, page.tasks[1].id)
    with pytest.raises(Conflict, match="cannot ban"):
        ban(office, ann)
    office.check()
    office.close()


def test_who_never_worked_can_be_banned(tmp_path):
    office = office_with(tmp_path)
    ann = office.worker("ann")
    ban(office, ann)
    assert office.ask(ann).reason == "banned"
    office.close()


def test_taking_a_ban_back_restores_what_nobody_else_was_asked_for(tmp_path):
    office = office_with(tmp_path, on_ban="exclude_and_reoffer", overlap=1)
    ann, bob = office.worker("ann"), office.worker("bob")
    office.work_off(ann)
    ban(office, ann)
    theirs = office.ask(bob)
    office.do(bob, theirs)
    back = unban_worker(office.db, office.clock, office.project, ann, reason="it was me")
    assert (back.included, back.left_out) == (3 + 2, 3)
    assert office.rows("SELECT DISTINCT reserved + answered FROM task WHERE kind = 'real'") == [(1,)]
    assert voters(office) == {ann, bob}
    office.check()
    ban(office, ann)
    assert voters(office) == {bob}
    office.check()
    office.close()


def test_pay_is_withheld_and_restored_where_the_policy_says_so(tmp_path):
    office = office_with(tmp_path, pay_on_ban="withhold")
    ann = office.worker("ann")
    office.work_off(ann)
    assert office.member(ann).earned == "0.10"
    for _ in range(2):
        ban(office, ann)
        assert office.member(ann).earned == "0.00"
        unban_worker(office.db, office.clock, office.project, ann)
        assert office.member(ann).earned == "0.10"
    reasons = [reason for (reason,) in office.rows("SELECT reason FROM ledger ORDER BY id")]
    assert reasons == ["completed"] * 2 + ["withheld", "withheld", "restored", "restored"] * 2
    office.check()
    office.close()


def test_pay_is_kept_unless_the_policy_says_otherwise(tmp_path):
    office = office_with(tmp_path, on_ban="exclude_and_reoffer")
    ann = office.worker("ann")
    office.work_off(ann)
    ban(office, ann)
    assert office.member(ann).earned == "0.10"
    office.close()


def test_review_may_withdraw_what_a_ban_excluded(tmp_path):
    office = office_with(tmp_path, on_ban="exclude_and_reoffer")
    ann = office.worker("ann")
    office.work_off(ann)
    ban(office, ann)
    seq = office.rows("SELECT answer FROM page_task WHERE kind = 'real' ORDER BY answer")[0][0]
    withdraw_answer(office.db, office.clock, office.project, seq, by="lead")
    office.check()
    unban_worker(office.db, office.clock, office.project, ann)
    with office.db.read() as tx:
        stands = {each.seq: (each.withdrawn, each.excluded) for each in logged_after(tx, office.project)}
        assert last_seq(tx, office.project) > max(stands)
    assert stands.pop(seq) == (True, False)
    assert set(stands.values()) == {(False, False)}
    office.check()
    office.close()


def test_recount_sees_what_does_not_add_up(tmp_path):
    office = office_with(tmp_path)
    ann = office.worker("ann")
    page = office.ask(ann)
    office.do(ann, page)
    office.ask(ann)
    office.check()
    damages = {
        "UPDATE task SET answered = answered + 1 WHERE id = (SELECT MIN(id) FROM task)": "counters",
        "UPDATE page_task SET standing = 'skipped' WHERE page = 1 AND position = 0": "standing",
        "UPDATE handed SET state = 'back' WHERE task = (SELECT task FROM page_task WHERE page = 1 LIMIT 1)": "handed",
        "UPDATE page SET clock_us = NULL": "running clocks",
        "UPDATE ledger SET amount = '0.06'": "paid",
        "UPDATE membership SET pages = 7": "figures",
    }
    for sql, what in damages.items():

        def damage(tx, sql=sql):
            tx.execute(sql)
            found = recount(tx, office.project)
            raise InterruptedError(found)

        with pytest.raises(InterruptedError) as error:
            office.db.write(damage)
        assert any(each.what.startswith(what) for each in error.value.args[0]), sql
    office.check()
    office.close()
