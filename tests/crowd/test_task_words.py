"""What leads do with whole tasks: done once however often, told in the log, undone without a trace in the books."""

import json

import pytest
from tests.crowd.office import BAD, GOOD, Office

from recension.crowd import task_words as words
from recension.crowd.bans import ban_worker
from recension.crowd.policy import PagePolicy, Policy
from recension.crowd.predictions import _PUT
from recension.crowd.queue import NoWork
from recension.crowd.review import NewVerdict, give_verdict
from recension.crowd.review_queue import review_task
from recension.crowd.suggestions import Wanted, accept_suggestion
from recension.crowd.tasks import set_overlap
from recension.crowd.terms import terms_of
from recension.crowd.workers import ensure_worker

POLICY = Policy(overlap=1, page=PagePolicy(real=2, control=0))


class Desk(Office):
    """An office with a lead."""

    def do(self, what, task, *args, name=None, dry=False):
        """Do it to one task; why it was left alone, if it was."""
        title = name or f"b{next(self.ids)}"

        def work(tx):
            lead = ensure_worker(tx, self.clock.now_us(), "lea")
            desk = words.Desk(tx, self.clock.now_us(), terms_of(tx, self.project), lead, title, dry)
            return what(desk, words.task_row(desk, task), *args)

        told = self.db.write(work)
        self.check()
        return told

    def verdict(self, verb, task, fields=None):
        lead = self.db.write(lambda tx: ensure_worker(tx, 0, "lea"))
        said = NewVerdict(f"v{next(self.ids)}", verb, task, None, fields, "")
        give_verdict(self.db, self.clock, self.project, lead, said)
        self.check()

    def whole(self, name):
        with self.db.read() as tx:
            return words.task_row(words.Desk(tx, 0, terms_of(tx, self.project), None, ""), name)

    def person(self, name):
        return self.db.write(lambda tx: ensure_worker(tx, 0, name))

    def tasks(self):
        return [row[0] for row in self.rows("SELECT id FROM task WHERE kind = 'real' ORDER BY turn")]

    def page(self, name):
        page = self.ask(self.worker(name))
        self.check()
        return [] if isinstance(page, NoWork) else [task.id for task in page.tasks]

    def verbs(self):
        return [row[0] for row in self.rows("SELECT verb FROM answer ORDER BY seq")]


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path, POLICY, real=6)
    yield desk
    desk.check()
    desk.close()


def test_a_decision_settles_what_nobody_has_answered_and_taking_it_back_asks_again(desk):
    first, second, *_ = desk.tasks()
    desk.verdict("decide", first, GOOD)
    row = desk.whole(first)
    assert (row.answered >= row.overlap, row.decided) == (True, True)
    assert desk.page("ann")[0] == second
    desk.verdict("decide", first, BAD)
    desk.verdict("clear", first)
    assert desk.whole(first).decided, "the decision before it holds"
    desk.verdict("clear", first)
    row = desk.whole(first)
    assert (row.decided, row.need) == (False, 1)
    assert first in desk.page("bob") + desk.page("cid") + desk.page("dan")


def test_a_project_that_asks_more_people_asks_nobody_about_what_is_decided(desk):
    first, second, *_ = desk.tasks()
    desk.verdict("decide", first, GOOD)
    desk.do(words.ask_more, second)
    desk.db.write(lambda tx: set_overlap(tx, desk.project, 3))
    assert [desk.whole(task).need for task in (first, second)] == [0, 4]
    desk.set(policy=desk.rows("SELECT policy FROM project")[0][0].replace('"overlap":1', '"overlap":3'))
    assert desk.do(words.reopen, first) is None
    assert desk.whole(first).need == 3


def test_what_was_reopened_is_decided_again_by_its_undoing(desk):
    (first, *_) = desk.tasks()
    desk.verdict("decide", first, BAD)
    seq = desk.rows("SELECT seq FROM answer WHERE verb = 'decide'")[0][0]
    assert desk.do(words.reopen, first) is None
    assert desk.do(words.reopen, first) == "nothing was decided"
    assert desk.do(words.decide_again, first, seq) is None
    with desk.db.read() as tx:
        assert review_task(tx, desk.project, first).verdicts.decisions[first].fields == BAD
    assert desk.whole(first).decided


def test_a_priority_comes_before_and_after_the_others_and_who_had_it_never_gets_it_again(desk):
    tasks = desk.tasks()
    assert desk.do(words.set_priority, tasks[4], "high") is None
    assert desk.do(words.set_priority, tasks[0], "low") is None
    assert desk.do(words.set_priority, tasks[0], "low") == "priority is low already"
    seen = desk.page("ann") + desk.page("bob") + desk.page("cid")
    assert seen == [tasks[4], tasks[1], tasks[2], tasks[3], tasks[5], tasks[0]]
    assert desk.verbs() == ["priority", "priority"]


def test_one_more_is_asked_until_somebody_has_the_place(desk):
    (first, *_) = desk.tasks()
    page = desk.ask(desk.worker("ann"))
    desk.answer(desk.worker("ann"), page, first)
    assert desk.do(words.ask_more, first) is None
    assert desk.do(words.ask_less, first) is None
    assert desk.whole(first).need == 0
    desk.do(words.ask_more, first)
    assert first in desk.page("bob") + desk.page("cid") + desk.page("dan")
    assert desk.do(words.ask_less, first) == "somebody has the place already"


def test_what_is_excluded_is_handed_out_no_more_and_comes_back(desk):
    tasks = desk.tasks()
    assert desk.do(words.include, tasks[0]) == "not excluded"
    assert desk.do(words.exclude, tasks[0]) is None
    assert desk.do(words.exclude, tasks[0]) == "excluded already"
    assert tasks[0] not in desk.page("ann") + desk.page("bob") + desk.page("cid")
    desk.db.write(
        lambda tx: tx.execute(
            "INSERT INTO item (project, branch, item_id, path, work_id, task, commit_id)"
            " VALUES (:p, 'main', '/x', '/x', 'w', :t, '')",
            {"p": desk.project, "t": tasks[0]},
        )
    )
    desk.do(words.include, tasks[0])
    assert desk.page("dan") == [tasks[0]]


def test_what_is_assigned_is_kept_for_one_and_comes_first(desk):
    tasks = desk.tasks()
    ann, bob = desk.person("ann"), desk.person("bob")
    assert desk.do(words.assign_to, tasks[5], ann) is None
    assert desk.do(words.assign_to, tasks[5], ann) == "assigned to ann already"
    assert desk.do(words.assign_to, tasks[5], bob) == "has all the answers asked for, or they are under way"
    assert tasks[5] not in desk.page("bob") + desk.page("cid")
    assert desk.page("ann")[0] == tasks[5]
    assert desk.do(words.assign_to, tasks[5], ann) == "ann had it before"


def test_what_is_taken_out_of_hands_goes_to_others(desk):
    tasks = desk.tasks()
    desk.do(words.assign_to, tasks[5], desk.person("ann"))
    held = desk.page("bob")
    assert desk.do(words.release, tasks[5]) is None
    assert desk.do(words.release, held[0]) is None
    assert desk.do(words.release, held[0]) == "nobody holds it"
    assert {*held, tasks[5]} <= set(desk.page("cid") + desk.page("dan") + desk.page("eva"))


def test_who_is_banned_keeps_nothing(desk):
    tasks = desk.tasks()
    desk.do(words.assign_to, tasks[0], desk.person("ann"))
    ban_worker(desk.db, desk.clock, desk.project, desk.worker("ann"), reason="x")
    assert tasks[0] in desk.page("bob") + desk.page("cid") + desk.page("dan")


def test_answers_of_one_worker_are_withdrawn_and_stay_in_the_log(desk):
    ann = desk.person("ann")
    page = desk.ask(ann.id)
    for task in page.tasks:
        desk.answer(ann.id, page, task.id)
    first = page.tasks[0].id
    assert desk.do(words.remove_answers, first, desk.person("bob")) == "bob has no answer that counts"
    assert desk.do(words.remove_answers, first, ann) is None
    assert desk.do(words.remove_answers, first, ann) == "ann has no answer that counts"
    assert desk.verbs() == ["answer", "answer", "withdraw"]
    assert first in desk.page("bob") + desk.page("cid") + desk.page("dan")


def test_all_answers_are_agreed_with_once(desk):
    ann = desk.worker("ann")
    page = desk.ask(ann)
    first = page.tasks[0].id
    assert desk.do(words.agree, first) == "nobody has answered"
    desk.answer(ann, page, first)
    assert desk.do(words.agree, first, dry=True) is None
    assert desk.verbs() == ["answer"], "nothing is done when only asked"
    assert desk.do(words.agree, first) is None
    assert desk.do(words.agree, first) == "every answer was accepted already"
    assert desk.do(words.send_to_review, first) is None
    assert desk.do(words.send_to_review, first) == "waits for review already"


def test_a_suggestion_becomes_an_answer_where_it_is_sure_enough(desk):
    tasks = desk.tasks()
    works = dict(desk.rows("SELECT id, work_id FROM task"))

    def say(task, fields, score, model="m"):
        row = {"project": desk.project, "work": works[task], "model": model, "version": "1", "score": score}

        values = row | {"run": "", "fields": json.dumps(fields), "now": desk.clock.now_us()}
        desk.db.write(lambda tx: tx.execute(_PUT, values))

    say(tasks[0], GOOD, 0.9)
    say(tasks[1], GOOD, 0.4)
    say(tasks[2], {}, 0.9)
    sure = Wanted(0.8)
    assert desk.do(accept_suggestion, tasks[0], sure) is None
    assert desk.do(accept_suggestion, tasks[0], sure) == "you had it before"
    assert desk.do(accept_suggestion, tasks[1], sure) == "no suggestion like that"
    assert desk.do(accept_suggestion, tasks[0], Wanted(0, "other")) == "no suggestion like that"
    assert desk.do(accept_suggestion, tasks[2], sure) == "the suggestion is no whole answer"
    with desk.db.read() as tx:
        (answer,) = review_task(tx, desk.project, tasks[0]).answers
    assert (answer.worker_name, answer.fields) == ("lea", GOOD)
    assert desk.rows("SELECT reason FROM answer") == [("accepted from m 1",)]
    assert tasks[0] not in desk.page("ann") + desk.page("bob") + desk.page("cid")
