"""An action on many tasks is done once to each, in steps that a kill cannot double; and undone where it still holds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crowd.office import GOOD
from tests.crowd.test_task_words import POLICY, Desk

from recension.crowd import bulk
from recension.crowd import task_words as words
from recension.crowd.terms import terms_of
from recension.errors import Conflict, Invalid, NotFound

STATE = "SELECT id, priority, extra, excluded, wanted, decided, reserved, answered, overlap FROM task ORDER BY id"


class Lead(Desk):
    """A lead who does things to many tasks."""

    def begin(self, action, tasks, name=None, **args):
        new = bulk.NewBulk(name or f"bulk-{next(self.ids):04d}", action, args)
        lead = self.person("lea")
        return self.db.write(lambda tx: bulk.begin(tx, self.clock.now_us(), self.project, lead, new, tasks, len(tasks)))

    def undo(self, of, name=None):
        lead, title = self.person("lea"), name or f"undo-{next(self.ids):04d}"
        return self.db.write(lambda tx: bulk.begin_undo(tx, self.clock.now_us(), self.project, lead, title, of))

    def step(self, each, count=bulk.STEP):
        return self.db.write(lambda tx: bulk.step(tx, self.clock.now_us(), each, count=count))

    def finish(self, each):
        while self.step(each, 2):
            self.check()
        return self.seen(each.id)

    def held(self):
        return self.rows("SELECT SUM(reserved) FROM task")[0][0]

    def seen(self, name):
        with self.db.read() as tx:
            return bulk.bulk(tx, self.project, name)

    def all(self, action, tasks, **args):
        return self.finish(self.begin(action, tasks, **args))


@pytest.fixture
def lead(tmp_path):
    made = Lead(tmp_path, POLICY, real=6)
    yield made
    made.check()
    made.close()


def test_each_task_is_done_once_and_what_does_not_allow_it_is_counted_by_reason(lead):
    tasks = lead.tasks()
    lead.do(words.set_priority, tasks[0], "high")
    done = lead.all("priority", [*tasks, 12345], priority="high")
    assert (done.state, done.total, done.done, done.changed) == ("done", 7, 7, 5)
    assert done.left_alone == {"priority is high already": 1, "no task any more": 1}
    assert lead.all("priority", tasks, priority="high").changed == 0
    assert lead.verbs() == ["priority"] * 6


def test_the_same_id_is_the_same_action_and_no_other(lead):
    tasks = lead.tasks()
    first = lead.begin("exclude", tasks[:2], name="the-same-one")
    lead.finish(first)
    again = lead.begin("exclude", tasks[:2], name="the-same-one")
    assert (again.state, again.changed) == ("done", 2)
    with pytest.raises(Conflict, match="used for something else"):
        lead.begin("include", tasks[:2], name="the-same-one")


def test_what_is_cancelled_stays_where_it_is_and_can_be_undone(lead):
    tasks = lead.tasks()
    before = lead.rows(STATE)
    each = lead.begin("exclude", tasks)
    lead.step(each, 4)
    with pytest.raises(Conflict, match="not over"):
        lead.undo(each.id)
    ended = lead.db.write(lambda tx: bulk.cancel(tx, lead.clock.now_us(), lead.project, each.id))
    assert (ended.state, ended.done, lead.step(each)) == ("cancelled", 4, 0)
    back = lead.finish(lead.undo(each.id))
    assert (back.total, back.changed) == (4, 4)
    # The items of these tasks are not there in this office, so nobody wants them; all else is as it was.
    assert [row[:4] for row in lead.rows(STATE)] == [row[:4] for row in before]
    with pytest.raises(Conflict, match="undone already"):
        lead.undo(each.id)


def test_nothing_to_do_is_done_at_once(lead):
    assert lead.begin("ask", []).state == "done"


def test_what_somebody_changed_since_is_not_undone(lead):
    tasks = lead.tasks()
    each = lead.all("priority", tasks[:2], priority="high")
    lead.do(words.set_priority, tasks[0], "low")
    back = lead.finish(lead.undo(each.id))
    assert (back.changed, back.left_alone) == (1, {"changed since": 1})
    assert [lead.whole(task).priority for task in tasks[:2]] == [-1, 0]


def test_agreeing_sending_to_review_assigning_and_reopening_are_undone(lead):
    tasks = lead.tasks()
    ann = lead.worker("ann")
    page = lead.ask(ann)
    for task in page.tasks:
        lead.answer(ann, page, task.id)
    lead.verdict("decide", tasks[3], GOOD)
    lead.person("bob")
    for action, args in (("agree", {}), ("review", {}), ("assign", {"worker": "bob"}), ("reopen", {}), ("ask", {})):
        before = lead.rows(STATE)
        with lead.db.read() as tx:
            verdicts = words.verdicts_on(tx, lead.project, tasks)
        each = lead.all(action, tasks, **args)
        assert each.changed > 0, action
        back = lead.finish(lead.undo(each.id))
        assert back.changed == each.changed, (action, back)
        assert lead.rows(STATE) == before, action
        with lead.db.read() as tx:
            after = words.verdicts_on(tx, lead.project, tasks)
        assert {k: v.verb for k, v in after.by_answer.items()} == {k: v.verb for k, v in verdicts.by_answer.items()}
        assert {k: v.fields for k, v in after.decisions.items()} == {k: v.fields for k, v in verdicts.decisions.items()}


def test_what_cannot_be_undone_says_so(lead):
    tasks = lead.tasks()
    lead.page("ann")
    each = lead.all("release", tasks)
    assert (each.changed, lead.held()) == (1, 0), "a page goes back whole"
    with pytest.raises(Conflict, match="cannot be undone"):
        lead.undo(each.id)
    with pytest.raises(NotFound):
        lead.undo("nothing-like-it")


@pytest.mark.parametrize(
    ("action", "args", "told"),
    [
        ("nonsense", {}, "no action"),
        ("priority", {}, "missing"),
        ("priority", {"priority": "highest"}, "no priority"),
        ("ask", {"worker": "ann"}, "takes no worker"),
        ("accept-suggestions", {"least": 2}, "no confidence"),
    ],
)
def test_what_is_no_action_is_refused(lead, action, args, told):
    with pytest.raises(Invalid, match=told):
        lead.begin(action, [], **args)


ACTIONS = st.sampled_from(
    [
        ("priority", {"priority": "high"}),
        ("priority", {"priority": "low"}),
        ("exclude", {}),
        ("ask", {}),
        ("include", {}),
    ]
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(ACTIONS, st.sets(st.integers(0, 5)), st.integers(1, 6)), max_size=6))
def test_what_is_foreseen_is_what_comes_and_undoing_everything_backwards_leaves_nothing(tmp_path_factory, said):
    lead = Lead(tmp_path_factory.mktemp("bulk"), POLICY, real=6)
    tasks = lead.tasks()
    for task in tasks:  # so that including one again makes it wanted
        lead.db.write(
            lambda tx, task=task: tx.execute(
                "INSERT INTO item (project, branch, item_id, path, work_id, task, commit_id)"
                " VALUES (:p, 'main', :i, '/x', 'w', :t, '')",
                {"p": lead.project, "i": f"/{task}", "t": task},
            )
        )
    before, done = lead.rows(STATE), []
    for (action, args), chosen, size in said:
        picked = [tasks[at] for at in sorted(chosen)]
        with lead.db.read() as tx:
            who = words.Desk(tx, 0, terms_of(tx, lead.project), None, "plan", dry=True)
            foreseen = bulk.foresee(who, bulk.NewBulk("plan-it", action, args), picked)
        each = lead.begin(action, picked, **args)
        while lead.step(each, size):
            pass
        each = lead.seen(each.id)
        assert (each.changed, dict(each.left_alone)) == foreseen
        done.append(each)
    for each in reversed(done):
        if each.done:
            assert lead.finish(lead.undo(each.id)).changed == each.changed
    assert lead.rows(STATE) == before
    lead.check()
    lead.close()
