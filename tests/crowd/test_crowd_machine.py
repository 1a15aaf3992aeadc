"""Whatever people do, in whatever order, the laws of the queue hold."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.crowd.office import BAD, GOOD, Office

from recension.crowd import task_words as words
from recension.crowd.bans import ban_worker, unban_worker
from recension.crowd.drafts import save_draft
from recension.crowd.leases import expire_pages, release_page
from recension.crowd.log import known, logged_after, votes
from recension.crowd.policy import ControlRate, FastPages, PagePolicy, PayPolicy, Policy, SkippedInRow, TrialPolicy
from recension.crowd.progress import project_progress, tasks_report, worker_report
from recension.crowd.queue import MOST_OPEN, NoWork
from recension.crowd.review import NewVerdict, give_verdict
from recension.crowd.tasks import unwant
from recension.crowd.terms import terms_of
from recension.crowd.undo import undo, withdraw_answer
from recension.crowd.workers import ensure_worker
from recension.errors import Conflict, Forbidden

WORKERS = 4
workers = st.integers(0, WORKERS - 1)


class CrowdMachine(RuleBasedStateMachine):
    """Drives the public functions and compares the outcome with laws, not with a copy of the code."""

    @initialize(
        overlap=st.integers(1, 3),
        on_ban=st.sampled_from(["keep", "exclude", "exclude_and_reoffer"]),
        pay_on_ban=st.sampled_from(["keep", "withhold"]),
        training=st.booleans(),
        rules=st.booleans(),
    )
    def open(self, overlap, on_ban, pay_on_ban, training, rules):
        self.folder = tempfile.TemporaryDirectory()
        policy = Policy(
            overlap=overlap,
            page=PagePolicy(real=2, control=1, time_limit_s=100),
            pay=PayPolicy("0.07"),
            training=TrialPolicy(page=2, pass_percent=50) if training else None,
            rules=(FastPages(8, 5, 2), ControlRate(4, 25, 2), SkippedInRow(4)) if rules else (),
            on_ban=on_ban,
            pay_on_ban=pay_on_ban,
            undo_s=50,
        )
        self.office = Office(Path(self.folder.name), policy, real=8, control=3, training=2 if training else 0)
        self.workers = [self.office.worker(f"w{n}") for n in range(WORKERS)]
        self.pages = {}
        self.answers = []
        self.fresh = 8
        self.log = []
        self.past_votes = {}

    def teardown(self):
        if hasattr(self, "office"):
            self.office.close()
            self.folder.cleanup()

    def held(self, who):
        sql = "SELECT id FROM page WHERE worker = :w AND state = 'active' ORDER BY id"
        return [row[0] for row in self.office.rows(sql, w=self.workers[who])]

    @rule(who=workers, ahead=st.booleans())
    def ask(self, who, ahead):
        before = self.held(who)
        page = self.office.ask(self.workers[who], holding=before if ahead else [])
        if isinstance(page, NoWork):
            assert page.reason in {"done", "wait", "banned", "failed"}
            return
        if before and not ahead and before[0] in self.held(who):
            assert page.id in before
        self.pages[page.id] = (who, page)
        assert len(self.held(who)) <= max(MOST_OPEN, len(before))

    def some_page(self, data):
        """Mostly a page that is open, for most of what can be done to others is to be refused."""
        active = [row[0] for row in self.office.rows("SELECT id FROM page WHERE state = 'active' ORDER BY id")]
        known = active if active and data.draw(st.integers(0, 9)) else sorted(self.pages)
        return self.pages[data.draw(st.sampled_from(known))]

    def say(self, who, page, task, fields):
        """Answer, or skip when there are no fields; None when refused."""
        answer_id = f"a{next(self.office.ids)}"
        try:
            if fields is None:
                result = self.office.skip(self.workers[who], page, task, answer_id=answer_id)
            else:
                result = self.office.answer(self.workers[who], page, task, fields, answer_id=answer_id)
        except Conflict:
            return None
        self.answers.append((who, answer_id, result.seq))
        return answer_id, result

    @precondition(lambda self: self.pages)
    @rule(data=st.data(), fields=st.sampled_from([GOOD, GOOD, BAD, None]), wait_s=st.floats(0, 5))
    def answer(self, data, fields, wait_s):
        who, page = self.some_page(data)
        task = data.draw(st.sampled_from([task.id for task in page.tasks]))
        self.office.clock.advance(wait_s)
        said = self.say(who, page, task, fields)
        if said is not None and fields is not None:
            again = self.office.answer(self.workers[who], page, task, fields, answer_id=said[0])
            assert (again.seq, again.page_done, again.correct) == (said[1].seq, said[1].page_done, said[1].correct)

    @precondition(lambda self: self.pages)
    @rule(data=st.data(), skips=st.sampled_from([0, 0, 1]), wait_s=st.sampled_from([0, 1, 10]))
    def finish(self, data, skips, wait_s):
        """Answer all that is left of a page."""
        who, page = self.some_page(data)
        for number, task in enumerate(page.tasks):
            self.office.clock.advance(wait_s)
            self.say(who, page, task.id, None if number < skips else GOOD)

    @rule(who=workers, pages=st.integers(1, 4))
    def work(self, who, pages):
        for _ in range(pages):
            page = self.office.ask(self.workers[who])
            if isinstance(page, NoWork):
                return
            self.pages[page.id] = (who, page)
            for task in page.tasks:
                self.office.clock.advance(3)
                self.say(who, page, task.id, GOOD)

    @precondition(lambda self: self.answers)
    @rule(data=st.data())
    def undo(self, data):
        who, answer_id, _ = data.draw(st.sampled_from(self.answers[-6:]))
        try:
            undone = undo(self.office.db, self.office.clock, self.workers[who], answer_id=answer_id)
        except (Conflict, Forbidden):
            return
        assert undone.task in {task.id for task in undone.page.tasks}

    @precondition(lambda self: self.answers)
    @rule(data=st.data())
    def withdraw(self, data):
        _, _, seq = data.draw(st.sampled_from(self.answers))
        try:
            withdraw_answer(self.office.db, self.office.clock, self.office.project, seq, by="lead")
        except (Conflict, LookupError):
            return

    @precondition(lambda self: self.answers)
    @rule(data=st.data(), verb=st.sampled_from(["accept", "return", "return", "decide", "clear"]))
    def review(self, data, verb):
        _, _, seq = data.draw(st.sampled_from(self.answers))
        (task,) = self.office.rows("SELECT task FROM answer WHERE seq = :seq", seq=seq)[0]
        reviewer = self.office.db.write(lambda tx: ensure_worker(tx, 0, "rea"))
        decides = verb == "decide"
        said = NewVerdict(
            f"v{next(self.office.ids)}",
            verb,
            task,
            None if decides or (verb == "clear" and seq % 2) else seq,
            GOOD if decides else None,
            "why",
        )
        try:
            give_verdict(self.office.db, self.office.clock, self.office.project, reviewer, said)
        except (Conflict, LookupError):
            return

    @rule(
        data=st.data(),
        who=workers,
        what=st.sampled_from(["priority", "more", "less", "assign", "assign", "release", "remove", "agree", "reopen"]),
    )
    def lead(self, data, who, what):
        """Whatever a lead does with a task: it is done, or it is said why not, and the books add up."""
        tasks = [row[0] for row in self.office.rows("SELECT id FROM task WHERE kind = 'real' ORDER BY id")]
        task, name = data.draw(st.sampled_from(tasks)), f"b{next(self.office.ids)}"
        priority = data.draw(st.sampled_from(sorted(words.PRIORITIES)))

        def work(tx):
            lead = ensure_worker(tx, 0, "rea")
            person = ensure_worker(tx, 0, f"w{who}")
            desk = words.Desk(tx, self.office.clock.now_us(), terms_of(tx, self.office.project), lead, name)
            row = words.task_row(desk, task)
            return {
                "priority": lambda: words.set_priority(desk, row, priority),
                "more": lambda: words.ask_more(desk, row),
                "less": lambda: words.ask_less(desk, row),
                "assign": lambda: words.assign_to(desk, row, person),
                "release": lambda: words.release(desk, row),
                "remove": lambda: words.remove_answers(desk, row, person),
                "agree": lambda: words.agree(desk, row),
                "reopen": lambda: words.reopen(desk, row),
            }[what]()

        self.office.db.write(work)

    @precondition(lambda self: self.pages)
    @rule(data=st.data())
    def draft(self, data):
        who, page = self.some_page(data)
        task = page.tasks[0].id
        try:
            save_draft(self.office.db, self.workers[who], page.id, task, {"category": "half"})
        except Conflict:
            return

    @precondition(lambda self: self.pages)
    @rule(data=st.data(), luck=st.integers(0, 3))
    def release(self, data, luck):
        if luck:
            return
        who, page = self.some_page(data)
        try:
            release_page(self.office.db, self.office.clock, self.workers[who], page.id)
        except Conflict:
            return

    @rule(seconds=st.sampled_from([1, 30, 101]))
    def wait(self, seconds):
        self.office.clock.advance(seconds)

    @rule()
    def expire(self):
        expire_pages(self.office.db, self.office.clock)

    @rule(who=workers, luck=st.integers(0, 5))
    def ban(self, who, luck):
        if luck:
            return
        try:
            ban_worker(self.office.db, self.office.clock, self.office.project, self.workers[who], reason="x")
        except Conflict:
            return

    @rule(who=workers)
    def unban(self, who):
        try:
            unban_worker(self.office.db, self.office.clock, self.office.project, self.workers[who])
        except Conflict:
            return

    @rule(more=st.integers(1, 3))
    def new_tasks(self, more):
        self.office.add("real", more, start=self.fresh)
        self.fresh += more

    @rule(number=st.integers(0, 7), wanted=st.booleans())
    def change_of_mind(self, number, wanted):
        ids = self.office.add("real", 1, start=number)
        if not wanted:
            self.office.db.write(lambda tx: unwant(tx, ids.values()))

    @invariant()
    def laws_hold(self):
        if not hasattr(self, "office"):
            return
        self.office.check()
        # A work page in the hands of its worker is theirs alone to fill: nobody answered a task twice and stood.
        assert not self.office.rows(
            "SELECT worker, task FROM page_task WHERE standing = 'answered' GROUP BY worker, task HAVING COUNT(*) > 1"
        )
        drafts = self.office.rows("SELECT COUNT(*) FROM handed WHERE draft IS NOT NULL AND state = 'done'")
        assert drafts == [(0,)]

    @invariant()
    def log_only_grows_and_its_past_reads_the_same(self):
        if not hasattr(self, "office"):
            return
        log = self.office.rows("SELECT * FROM answer ORDER BY seq")
        assert log[: len(self.log)] == self.log
        self.log = log
        with self.office.db.read() as tx:
            for upto, then in self.past_votes.items():
                assert votes(tx, self.office.project, "category", upto=upto) == then
            if log:
                now = votes(tx, self.office.project, "category")
                self.past_votes = {**dict(list(self.past_votes.items())[-3:]), log[-1][0]: now}
                standing = self.office.rows(
                    "SELECT COUNT(*) FROM page_task WHERE standing = 'answered' AND kind IN ('real', 'control')"
                )
                assert [(len(now),)] == standing

    @invariant()
    def figures_can_be_read(self):
        if not hasattr(self, "office"):
            return
        with self.office.db.read() as tx:
            progress = project_progress(tx, self.office.project)
            assert progress.settled + progress.open == progress.tasks
            assert sum(line.membership.answers for line in worker_report(tx, self.office.project)) == len(
                votes(tx, self.office.project, "category")
            )
            assert len(tasks_report(tx, self.office.project, limit=1000)) == progress.tasks
            assert [*known(tx, self.office.project).values()] == [GOOD] * 3
            standing = [e for e in logged_after(tx, self.office.project) if not (e.withdrawn or e.excluded)]
            assert len([e for e in standing if e.kind in {"real", "control"}]) == len(
                votes(tx, self.office.project, "category")
            )


CrowdMachine.TestCase.settings = settings(
    max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestCrowd = CrowdMachine.TestCase
