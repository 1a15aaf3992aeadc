"""Intake against a plain model: whatever commits come, items and open work are what a fresh look would find."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.crowd.studio import KEYED, Studio

TEXTS = st.sampled_from(["one", "two", "three", "four"])
ROWS = st.dictionaries(st.integers(1, 5), TEXTS, min_size=1, max_size=5)
PATHS = st.sampled_from(["/a.csv", "/b.csv"])
BRANCHES = st.sampled_from(["main", "dev"])


class Intake(RuleBasedStateMachine):
    """Two branches, two files, five keys, four texts; answers in between."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.studio = Studio(Path(self.folder.name))
        self.model = {"main": {"/a.csv": {1: "one"}}}
        self.put("main", "/a.csv", {1: "one"})
        self.studio.create(KEYED)

    def teardown(self):
        self.studio.close()
        self.folder.cleanup()

    def put(self, branch, path, rows):
        self.studio.put("pool", {path: [("id", "h"), *rows.items()]}, branch=branch)

    @rule(branch=BRANCHES, path=PATHS, rows=ROWS)
    def commit(self, branch, path, rows):
        self.model.setdefault(branch, {})[path] = rows
        self.put(branch, path, rows)
        reports = self.studio.follow()
        assert all(report.error is None for report in reports)

    @rule(branch=BRANCHES, path=PATHS)
    def remove(self, branch, path):
        if self.model.get(branch, {}).pop(path, None) is not None:
            self.studio.put("pool", {}, branch=branch, delete=[path])
            self.studio.follow()

    @rule(branch=BRANCHES)
    def break_and_mend(self, branch):
        self.studio.put("pool", {"/bad.csv": "no such column\nx\n"}, branch=branch)
        (report,) = self.studio.follow()
        assert "/bad.csv: line 1" in report.error
        self.model.setdefault(branch, {})
        self.studio.put("pool", {}, branch=branch, delete=["/bad.csv"])
        self.studio.follow()

    @rule(names=st.sets(st.sampled_from(["bea", "cid", "dan"]), min_size=1))
    def answer(self, names):
        self.studio.answer_all(*sorted(names))

    @precondition(lambda self: "dev" in self.model)
    @rule()
    def delete_dev(self):
        self.studio.store.branch_delete("pool", "dev")
        self.studio.follow()
        del self.model["dev"]

    @invariant()
    def items_are_what_the_files_say(self):
        wanted = {
            (branch, f"{path}#{key}", f'{{"headline":"{text}"}}')
            for branch, files in self.model.items()
            for path, rows in files.items()
            for key, text in rows.items()
        }
        sql = "SELECT i.branch, i.item_id, t.data FROM item i JOIN task t ON t.id = i.task AND t.work_id = i.work_id"
        assert sorted(wanted) == sorted(self.studio.rows(sql))

    @invariant()
    def each_content_is_one_task_and_wanted_while_an_item_has_it(self):
        texts = {text for files in self.model.values() for rows in files.values() for text in rows.values()}
        wanted = [data for (data,) in self.studio.rows("SELECT data FROM task WHERE wanted = 1")]
        assert sorted(wanted) == sorted(f'{{"headline":"{text}"}}' for text in texts)

    @invariant()
    def nothing_is_stale_without_a_former_answer(self):
        former = "SELECT COUNT(*) FROM task t WHERE t.work_id = i.previous_work_id AND t.answered > 0"
        assert not self.studio.rows(f"SELECT i.item_id FROM item i WHERE i.stale = 1 AND ({former}) = 0")
        assert not self.studio.rows("SELECT item_id FROM item WHERE previous_work_id = work_id")
        assert not self.studio.rows("SELECT item_id FROM item WHERE (previous_work_id IS NULL) <> (stale = 0)")


TestIntake = Intake.TestCase
TestIntake.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
