"""What is newer than a publication stands in the table as if it had been published, and pages of a version agree."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crowd.studio import Studio
from tests.crowd.test_table_rows import FILTER, ROW, SORT, ordered, passes, put, split, store

from recension.crowd import bulk
from recension.crowd.answers import skip
from recension.crowd.published import Publication
from recension.crowd.review import NewVerdict, give_verdict
from recension.crowd.table import LIVE, table_kinds
from recension.crowd.table_live import Live, LiveTables
from recension.crowd.table_rows import PublishedTables, SortKey, Wanted
from recension.crowd.workers import ensure_worker

assert store  # the fixture of the other file
KINDS = {"item_id": "text", "label.tone": "text", "score": "number", "workers": "list", "status": "text"}
KINDS |= {"answers": "number"} | LIVE
WORKING = {"status": "open", "answers": 0.0}


def live_of(commit, rows, sparse, number=1):
    below = Publication(1, "live", number, "main", 0, commit.id, "", "", "", 0, 0, 0)
    return Live(f"{commit.id}.{number}", below, {row["item_id"]: row for row in rows}, sparse, 0)


IDS = st.integers(0, 14).map(lambda n: f"/p.csv#{(n * 7) % 13:02d}{n}")
ROWS = st.dictionaries(IDS, ROW, max_size=9)


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS, FILTER, SORT, st.tuples(st.integers(0, 6), st.integers(1, 6)))
def test_newer_rows_stand_where_they_would_when_published(store, rows, newer, asked, sort, window):  # noqa: PLR0917
    rows, newer = ([{"item_id": item, **row} for item, row in each.items()] for each in (rows, newer))
    offset, limit = window
    commit = put(store, split(rows, 3))
    wanted = Wanted.read(asked, sort, KINDS)
    tables = PublishedTables(store)
    names = ["item_id", "label.tone", "score", "workers"]
    for number, fresh in enumerate([newer[:1], newer, newer[1:]]):
        page = tables.page(
            commit,
            KINDS,
            wanted,
            columns=names,
            offset=offset,
            limit=limit,
            counts=["label.tone"],
            live=live_of(commit, fresh, {}, number),
        )
        whole = {row["item_id"]: row for row in [*rows, *fresh]}.values()
        expected = ordered([row for row in whole if passes(row, asked)], sort)
        assert (page.total, page.matched) == (len(whole), len(expected))
        assert list(page.rows) == expected[offset : offset + limit]
        assert sum(count for _, count in page.counts["label.tone"]) == len(expected)


def test_what_holds_of_the_moment_is_asked_like_any_column(store):
    rows = [{"item_id": f"{n}", "label.tone": "a", "score": n / 1, "workers": []} for n in range(6)]
    commit = put(store, split(rows, 3))
    newer = [
        {**rows[5], "status": "settled", "answers": 2},
        {**rows[0], "item_id": "x", "status": "open", "answers": 1},
    ]
    sparse = {"held_by": {"1": ["ann", "bob"], "x": ["cid"], "gone": ["dan"]}, "priority": {"2": "high"}}
    live, tables = live_of(commit, newer, sparse), PublishedTables(store)

    def found(field, op, *value, sort=()):
        asked = {"field": field, "op": op} | ({"value": value[0]} if value else {})
        return tables.matching(commit, KINDS, Wanted.read(asked, sort, KINDS), live=live)

    assert found("held_by", "has", "bob") == ["1"]
    assert found("held_by", "filled") == ["1", "x"]
    assert found("held_by", "lacks", "bob", sort=(SortKey("score", "desc"),)) == ["5", "4", "3", "2", "0", "x"]
    assert found("priority", "eq", "high") == ["2"]
    assert found("lease", "eq", "held") == ["1", "x"]
    assert found("lease", "eq", "settled") == ["5"]
    assert found("lease", "eq", "free") == ["0", "2", "3", "4"]
    page = tables.page(commit, KINDS, Wanted.read(None, [], KINDS), columns=["held_by", "lease"], live=live)
    assert page.rows[1] == {"item_id": "1", "held_by": ["ann", "bob"], "lease": "held"}
    plain = tables.page(commit, KINDS, Wanted.read(None, [], KINDS), columns=["held_by"])
    assert [row["held_by"] for row in plain.rows] == [[]] * 6, "a commit alone knows nothing of the moment"


class Watching(Studio):
    """A studio whose table is watched."""

    def watch(self):
        self.live = LiveTables(self.db, self.clock)
        self.tables = PublishedTables(self.store)

    def shown(self):
        """Item → its row, as the table stands."""
        live = self.live.now(self.project, "main")
        return self._rows(live.publication.commit_id, live)

    def published(self):
        self.publish("live")
        return self._rows(self.head("live").id, None)

    def _rows(self, commit, live):
        kinds = table_kinds(self.project.schema)
        page = self.tables.page(
            self.store.commit(commit),
            kinds,
            Wanted.read(None, [], kinds),
            columns=[name for name in kinds if name not in LIVE],
            limit=100,
            live=live,
        )
        return {row["item_id"]: row for row in page.rows}


@pytest.fixture
def studio(tmp_path):
    made = Watching(tmp_path)
    made.put("pool", {"/a.csv": [f"line {n}" for n in range(6)]})
    made.create()
    made.publish("live")
    made.watch()
    yield made
    made.close()


def test_every_word_shows_at_once_as_it_will_be_published(studio):
    assert {row["status"] for row in studio.shown().values()} == {"open"}
    studio.answer_all("bea", say=lambda *_: "clickbait")
    studio.answer_all("cid", say=lambda _, line: "news" if line < "line 3" else "clickbait")
    seen = studio.shown()
    assert {row["answers"] for row in seen.values()} == {2}
    assert seen == studio.published() == studio.shown()
    tasks = [task for (task,) in studio.rows("SELECT id FROM task ORDER BY id")]
    lead = studio.db.write(lambda tx: ensure_worker(tx, 0, "lea"))
    first = studio.rows("SELECT seq FROM answer WHERE task = :t ORDER BY seq", t=tasks[0])[0][0]
    words = [
        NewVerdict("v1", "accept", tasks[0], first),
        NewVerdict("v2", "return", tasks[0], first, None, "no"),
        NewVerdict("v3", "decide", tasks[1], None, {"category": "news"}),
    ]
    for word in words:
        give_verdict(studio.db, studio.clock, studio.project.id, lead, word)
        assert studio.shown() == studio.shown()
    new = bulk.NewBulk("bulk-1234", "exclude", {})
    each = studio.db.write(lambda tx: bulk.begin(tx, 0, studio.project.id, lead, new, tasks[2:4], 2))
    studio.db.write(lambda tx: bulk.step(tx, 0, each))
    seen = studio.shown()
    assert sorted(row["status"] for row in seen.values()) == ["excluded"] * 2 + [
        "open",
        "settled",
        "settled",
        "settled",
    ]
    assert seen == studio.published() == studio.shown()


def test_a_version_stays_what_it_was_and_nothing_new_is_the_same_version(studio):
    before = studio.live.now(studio.project, "main")
    assert studio.live.now(studio.project, "main") is before
    page = studio.ask(studio.worker("bea"))
    held = studio.live.now(studio.project, "main")
    assert held.version != before.version
    assert [*held.sparse["held_by"].values()] == [["bea"]] * 4
    studio.submit(studio.worker("bea"), page, page.tasks[0].id, {"category": "news"})
    skip(studio.db, studio.clock, studio.worker("bea"), page.id, page.tasks[1].id, answer_id="s1")
    now = studio.live.now(studio.project, "main")
    assert (len(now.rows), len(now.sparse["held_by"]), len(now.sparse["skipped_by"])) == (2, 2, 1)
    assert studio.live.version(studio.project, "main", before.version) is before
    assert studio.live.version(studio.project, "main", "none-like-it") is None
    studio.publish("live")
    later = studio.live.now(studio.project, "main")
    assert (later.rows, len(later.sparse["skipped_by"])) == ({}, 1)
