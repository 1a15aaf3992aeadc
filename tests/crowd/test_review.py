"""Review: verdicts are words in the log; a later one takes the place of an earlier; the books add up throughout."""

import pytest
from tests.crowd.office import BAD, GOOD, Office
from tests.crowd.studio import Studio

from recension.crowd.bans import ban_worker
from recension.crowd.log import logged
from recension.crowd.policy import PagePolicy, PayPolicy, Policy
from recension.crowd.queue import NoWork
from recension.crowd.recount import recount
from recension.crowd.remarks import Comment, checked_remarks
from recension.crowd.review import NewVerdict, give_verdict
from recension.crowd.review_queue import review_counts, review_page, review_task
from recension.crowd.undo import undo
from recension.crowd.workers import ensure_worker
from recension.errors import Conflict, Invalid, NotFound

POLICY = Policy(overlap=2, page=PagePolicy(real=2, control=0), pay=PayPolicy("0.05"))


class Desk(Office):
    """An office with a reviewer."""

    def say(self, verb, task, answer=None, *, fields=None, comment="", name=None):
        reviewer = self.db.write(lambda tx: ensure_worker(tx, self.clock.now_us(), "rea"))
        said = NewVerdict(name or f"v{next(self.ids)}", verb, task, answer, fields, comment)
        give_verdict(self.db, self.clock, self.project, reviewer, said)
        self.check()

    def task(self, task):
        with self.db.read() as tx:
            return review_task(tx, self.project, task)

    def of(self, status, **more):
        with self.db.read() as tx:
            return [each.id for each in review_page(tx, self.project, status, **more).tasks]


@pytest.fixture
def office(tmp_path):
    office = Desk(tmp_path, POLICY, real=2)
    yield office
    office.check()
    office.close()


def answered(office, *names, fields=None):
    """Everybody answers both tasks; worker by name, and the tasks."""
    workers = {name: office.worker(name) for name in names}
    for name, worker in workers.items():
        page = office.ask(worker)
        tasks = sorted(task.id for task in page.tasks)
        for task in tasks:
            office.answer(worker, page, task, (fields or {}).get(name, GOOD))
    return workers, tasks


def seqs(office, task):
    with office.db.read() as tx:
        return {each.worker_name: each.seq for each in logged(tx, [task]) if each.stands}


def test_whoever_gets_an_answer_back_has_the_task_first_with_the_comment_and_what_they_said(office):
    workers, (one, two) = answered(office, "ann", "bob")
    office.add("real", 4, start=2)
    office.say("return", one, seqs(office, one)["ann"], comment="look at the verb")
    # The place is ann's: nobody else gets it.
    carl = office.worker("carl")
    assert one not in {task.id for task in office.ask(carl).tasks}
    page = office.ask(workers["ann"])
    again = page.tasks[[task.id for task in page.tasks].index(one)]
    assert (again.draft, again.answer) == (GOOD, None)
    assert (again.returned.by, again.returned.comment) == ("rea", "look at the verb")
    office.check()
    office.answer(workers["ann"], page, one, BAD)
    found = office.task(one)
    said = [(each.worker_name, each.fields, each.withdrawn) for each in found.answers]
    assert said == [("ann", GOOD, True), ("bob", GOOD, False), ("ann", BAD, False)]
    assert two not in {task.id for task in page.tasks}


def test_a_return_that_is_cleared_is_as_if_it_was_never_said(office):
    workers, (one, _) = answered(office, "ann", "bob")
    seq = seqs(office, one)["ann"]
    office.say("return", one, seq, comment="no")
    assert office.of("returned") == [one]
    assert not office.task(one).answers[0].stands
    office.say("clear", one, seq)
    assert office.task(one).answers[0].stands
    assert office.task(one).verdicts.by_answer == {}
    assert isinstance(office.ask(workers["ann"]), NoWork)
    with pytest.raises(Conflict, match="nothing was said"):
        office.say("clear", one, seq)


def test_a_later_verdict_takes_the_place_of_an_earlier(office):
    _, (one, _) = answered(office, "ann", "bob")
    seq = seqs(office, one)["ann"]
    office.say("return", one, seq, comment="no")
    office.say("return", one, seq, comment="no, really")
    office.say("accept", one, seq)
    found = office.task(one)
    assert found.verdicts.by_answer[seq].verb == "accept"
    assert found.answers[0].stands
    office.say("decide", one, fields=BAD)
    office.say("decide", one, fields=GOOD, comment="after all")
    assert office.task(one).verdicts.decisions[one].fields == GOOD
    office.say("clear", one)
    assert office.task(one).verdicts.decisions[one].fields == BAD
    office.say("clear", one)
    assert office.task(one).verdicts.decisions == {}


def test_what_the_author_has_again_is_theirs(office):
    workers, (one, _) = answered(office, "ann", "bob")
    seq = seqs(office, one)["ann"]
    office.say("return", one, seq, comment="no")
    page = office.ask(workers["ann"])
    with pytest.raises(Conflict, match="has the task again"):
        office.say("clear", one, seq)
    office.answer(workers["ann"], page, one, BAD, answer_id="again")
    # Taking the new answer back gives the task back to the page, not to the reviewer.
    undo(office.db, office.clock, workers["ann"], answer_id="again")
    assert office.ask(workers["ann"], holding=[]).tasks[0].returned is not None


def test_who_is_banned_gets_nothing_back(office):
    workers, (one, _) = answered(office, "ann", "bob")
    office.say("return", one, seqs(office, one)["ann"], comment="no")
    ban_worker(office.db, office.clock, office.project, workers["ann"], reason="x")
    office.check()
    assert one in {task.id for task in office.ask(office.worker("carl")).tasks}


def test_sent_twice_is_said_once(office):
    _, (one, two) = answered(office, "ann", "bob")
    seq = seqs(office, one)["ann"]
    for _ in range(2):
        office.say("return", one, seq, comment="no", name="same")
    assert office.rows("SELECT COUNT(*) FROM answer WHERE verb = 'return'") == [(1,)]
    with pytest.raises(Conflict, match="used for something else"):
        office.say("accept", two, seqs(office, two)["ann"], name="same")


def test_the_queue_says_what_is_left_and_the_least_agreed_comes_first(office):
    _, (one, two) = answered(office, "ann", "bob", fields={"bob": BAD})
    assert office.of("unreviewed") == office.of("disputed") == [one, two]
    for seq in seqs(office, one).values():
        office.say("accept", one, seq)
    office.say("decide", two, fields=GOOD)
    assert office.of("done") == [one, two]
    assert office.of("unreviewed") == []
    with office.db.read() as tx:
        counts = review_counts(tx, office.project)
    assert counts == {"requested": 0, "unreviewed": 0, "disputed": 0, "returned": 0, "done": 2}


def test_the_queue_is_read_in_pages(office):
    answered(office, "ann", "bob", fields={"bob": BAD})
    for status in ("unreviewed", "disputed"):
        seen, after = [], ""
        while after is not None:
            with office.db.read() as tx:
                page = review_page(tx, office.project, status, after=after, limit=1)
            seen += [task.id for task in page.tasks]
            after = page.after
        assert len(seen) == len(set(seen)) == 2
    with office.db.read() as tx, pytest.raises(Invalid, match="no place"):
        review_page(tx, office.project, "disputed", after="x")


def test_what_makes_no_sense_is_refused(office):
    _, (one, two) = answered(office, "ann", "bob")
    seq = seqs(office, one)["ann"]
    for more, why in (
        ({"verb": "decide", "task": one}, "has fields"),
        ({"verb": "accept", "task": one}, "about one of its answers"),
        ({"verb": "return", "task": one, "answer": seq}, "told why"),
        ({"verb": "decide", "task": one, "fields": {"category": "nonsense"}}, "nonsense"),
    ):
        with pytest.raises(Invalid, match=why):
            office.say(**more)
    with pytest.raises(NotFound, match="no answer"):
        office.say("accept", two, seq)
    with pytest.raises(NotFound, match="no task"):
        office.say("accept", 999, seq)


def test_what_is_decided_is_published_with_who_said_so_and_the_votes_stay(tmp_path):
    studio = Studio(tmp_path)
    studio.put("pool", {"/a.csv": ["wow!"]})
    studio.create()
    studio.answer_all("bea", say=lambda *_: "clickbait")
    studio.answer_all("cid", say=lambda *_: "news")
    studio.publish_due()
    assert next(iter(studio.documents().values()))["consensus"]["category"]["tie"]
    project = studio.project.id
    (task,), (first, second) = *studio.rows("SELECT id FROM task"), studio.rows("SELECT seq FROM answer ORDER BY seq")
    reviewer = studio.db.write(lambda tx: ensure_worker(tx, 0, "rea"))

    def say(name, *rest):
        give_verdict(studio.db, studio.clock, project, reviewer, NewVerdict(name, *rest))

    say("v1", "accept", task, second[0])
    say("v2", "decide", task, None, {"category": "news"}, "it is a fact")
    assert [commit.branch for commit in studio.publish_due()] == ["main", "live"]
    document = next(iter(studio.documents().values()))
    agreed = document["consensus"]["category"]
    assert (agreed["value"], agreed["method"], agreed["votes"], agreed["tie"]) == ("news", "review", 2, False)
    assert agreed["distribution"] == {"clickbait": 0.5, "news": 0.5}
    assert (document["decision"]["fields"], document["decision"]["by"]) == ({"category": "news"}, "rea")
    assert document["decision"]["comment"] == "it is a fact"
    assert [each.get("review", {}).get("verdict") for each in document["annotations"]] == [None, "accepted"]
    assert [row["category"] for row in studio.labels()] == ["news"]
    say("v3", "clear", task)
    say("v4", "return", task, first[0], None, "no")
    studio.publish_due()
    document = next(iter(studio.documents("live").values()))
    assert (document["status"], "decision" in document) == ("open", False)
    assert document["annotations"][0]["withdrawn"]
    assert document["annotations"][0]["review"]["comment"] == "no"
    assert document["consensus"]["category"]["value"] == "news"
    with studio.db.read() as tx:
        assert recount(tx, project) == []
    studio.close()


def test_a_decision_settles_and_is_released_with_too_few_answers_and_taking_it_back_opens_the_item(tmp_path):
    studio = Studio(tmp_path)
    studio.put("pool", {"/a.csv": ["wow!"]})
    studio.create()
    studio.answer_all("bea", say=lambda *_: "clickbait")
    assert [commit.branch for commit in studio.publish_due()] == ["live"]
    ((task,),) = studio.rows("SELECT id FROM task")
    reviewer = studio.db.write(lambda tx: ensure_worker(tx, 0, "rea"))

    def say(name, *rest):
        give_verdict(studio.db, studio.clock, studio.project.id, reviewer, NewVerdict(name, *rest))

    say("v1", "decide", task, None, {"category": "news"})
    assert isinstance(studio.ask(studio.worker("cid")), NoWork)
    assert [commit.branch for commit in studio.publish_due()] == ["main", "live"]
    (document,) = studio.documents().values()
    assert (document["status"], document["consensus"]["category"]["value"]) == ("settled", "news")
    assert [row["category"] for row in studio.labels()] == ["news"]
    say("v2", "clear", task)
    assert [commit.branch for commit in studio.publish_due()] == ["live"]
    (document,) = studio.documents("live").values()
    assert (document["status"], document["consensus"]["category"]["value"]) == ("open", "clickbait")
    studio.answer_all("cid")
    with studio.db.read() as tx:
        assert recount(tx, studio.project.id) == []
    studio.close()


def test_remarks_have_one_form():
    said = checked_remarks(["unclear", "unclear"], [Comment(" why? ", ""), Comment("  "), Comment("here", "r1")])
    assert said.body() == {"flags": ["unclear"], "comments": [{"text": "why?"}, {"text": "here", "region": "r1"}]}
    assert checked_remarks([], []).text() is None
    with pytest.raises(Invalid, match="no flag"):
        checked_remarks(["bored"], [])
