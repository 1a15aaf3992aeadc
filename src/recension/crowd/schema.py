"""Tables of projects, their tasks, the people who work on them and what they said.

The truth is ``answer``: an append-only log. A row is an answer or a skip of a worker, or a later word on such a row
(``of_seq``): ``withdraw``, ``exclude`` or ``include``. An answer stands unless the last word on it says otherwise.
Reviewers' verdicts are rows as well: ``accept`` and ``return`` of an answer, ``decide`` of a task, and ``clear`` of a
verdict. So are the words of leads on whole tasks (``log.TaskWord``).
``task.reserved``, ``task.answered``, ``page_task``, ``handed`` and the figures of ``membership`` follow from the log
and the pages; ``recount`` verifies that they do.

``task.need`` is how many more times a task may be handed out. Open tasks are taken in the order of ``need``, then
``turn``; a task gets a fresh ``turn`` (``project.turns``) whenever its ``need`` changes, so that it joins the end of
its new queue. ``queue_mark`` can then say, for one worker and one ``need``, that everything up to a turn is known to
them, and no task is looked at twice for nothing.

``task.overlap`` is how many answers are asked for: as many as the policy says, and ``extra`` more. Of a task that a
reviewer has ``decided`` none are asked for, so it is settled and is handed out no more. ``wanted`` is 0 when no item
shows the task, or when it is ``excluded``. Tasks of another ``priority`` than 0 have an index of their own. A row of
``assigned`` holds one place of a task for a worker, until they have it on a page.

``handed`` has one row for each piece of work that a worker ever saw; that is how nobody sees anything twice.
"""

from __future__ import annotations

from typing import Final

from recension.db import Migration

MIGRATIONS: Final = (
    Migration(
        "crowd",
        1,
        """
        CREATE TABLE project (
            id INTEGER PRIMARY KEY,
            workspace TEXT NOT NULL,
            name TEXT NOT NULL,
            spec_commit TEXT,
            spec TEXT NOT NULL,
            policy TEXT NOT NULL,
            label_schema TEXT NOT NULL,
            schema_hash TEXT NOT NULL,
            guideline_hash TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'open',
            turns BIGINT NOT NULL DEFAULT 0,
            created_us BIGINT NOT NULL,
            UNIQUE (workspace, name)
        );
        CREATE TABLE task (
            id INTEGER PRIMARY KEY,
            project BIGINT NOT NULL,
            work_id TEXT NOT NULL,
            kind TEXT NOT NULL,
            data TEXT NOT NULL,
            expected TEXT,
            hint TEXT,
            overlap INTEGER NOT NULL,
            reserved INTEGER NOT NULL DEFAULT 0,
            answered INTEGER NOT NULL DEFAULT 0,
            need INTEGER GENERATED ALWAYS AS (overlap - reserved - answered) STORED,
            wanted INTEGER NOT NULL DEFAULT 1,
            turn BIGINT NOT NULL,
            created_us BIGINT NOT NULL,
            UNIQUE (project, work_id, kind),
            CHECK (reserved >= 0 AND answered >= 0)
        );
        CREATE INDEX task_open ON task (project, need, turn) WHERE kind = 'real' AND wanted = 1;
        CREATE INDEX task_held ON task (project) WHERE kind = 'real' AND wanted = 1 AND reserved > 0;
        CREATE INDEX task_aside ON task (project, kind, turn) WHERE kind <> 'real' AND wanted = 1;
        CREATE INDEX task_list ON task (project, id) WHERE kind = 'real';
        CREATE TABLE item (
            id INTEGER PRIMARY KEY,
            project BIGINT NOT NULL,
            branch TEXT NOT NULL,
            item_id TEXT NOT NULL,
            path TEXT NOT NULL,
            key TEXT,
            region TEXT,
            work_id TEXT NOT NULL,
            task BIGINT NOT NULL,
            previous_work_id TEXT,
            stale INTEGER NOT NULL DEFAULT 0,
            commit_id TEXT NOT NULL,
            UNIQUE (project, branch, item_id)
        );
        CREATE INDEX item_task ON item (task);
        CREATE INDEX item_path ON item (project, branch, path);
        CREATE INDEX item_stale ON item (project) WHERE stale = 1;
        CREATE TABLE input (
            project BIGINT NOT NULL,
            branch TEXT NOT NULL,
            commit_id TEXT NOT NULL,
            global_id TEXT NOT NULL,
            upto_event BIGINT,
            error TEXT,
            PRIMARY KEY (project, branch)
        );
        CREATE TABLE worker (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            account TEXT,
            simulated INTEGER NOT NULL DEFAULT 0,
            created_us BIGINT NOT NULL
        );
        CREATE TABLE membership (
            project BIGINT NOT NULL,
            worker BIGINT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL DEFAULT '',
            since_us BIGINT NOT NULL,
            rules_from_us BIGINT NOT NULL DEFAULT 0,
            handed_pages BIGINT NOT NULL DEFAULT 0,
            control_mark BIGINT NOT NULL DEFAULT 0,
            answers BIGINT NOT NULL DEFAULT 0,
            pages BIGINT NOT NULL DEFAULT 0,
            earned TEXT NOT NULL DEFAULT '0',
            PRIMARY KEY (project, worker)
        );
        CREATE TABLE page (
            id INTEGER PRIMARY KEY,
            project BIGINT NOT NULL,
            worker BIGINT NOT NULL,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            handed_us BIGINT NOT NULL,
            clock_us BIGINT,
            due_us BIGINT,
            finished_us BIGINT,
            spent_us BIGINT NOT NULL DEFAULT 0,
            answered INTEGER NOT NULL DEFAULT 0,
            size INTEGER NOT NULL,
            reward TEXT NOT NULL,
            currency TEXT NOT NULL,
            paid TEXT NOT NULL DEFAULT '0',
            entries INTEGER NOT NULL DEFAULT 0,
            sim INTEGER NOT NULL DEFAULT 0
        );
        CREATE INDEX page_open ON page (project, worker, id) WHERE state = 'active';
        CREATE INDEX page_due ON page (due_us) WHERE state = 'active';
        CREATE INDEX page_done ON page (project, worker, finished_us) WHERE state = 'submitted' AND kind = 'work';
        CREATE TABLE page_task (
            page BIGINT NOT NULL,
            position INTEGER NOT NULL,
            project BIGINT NOT NULL,
            worker BIGINT NOT NULL,
            task BIGINT NOT NULL,
            kind TEXT NOT NULL,
            standing TEXT NOT NULL,
            answer BIGINT,
            PRIMARY KEY (page, position)
        );
        CREATE INDEX page_task_task ON page_task (task);
        CREATE INDEX page_task_worker ON page_task (project, worker, kind, answer);
        CREATE TABLE handed (
            project BIGINT NOT NULL,
            worker BIGINT NOT NULL,
            work_id TEXT NOT NULL,
            task BIGINT NOT NULL,
            kind TEXT NOT NULL,
            state TEXT NOT NULL,
            draft TEXT,
            PRIMARY KEY (project, worker, work_id)
        );
        CREATE INDEX handed_back ON handed (project, worker, kind, task) WHERE state = 'back';
        CREATE TABLE queue_mark (
            project BIGINT NOT NULL,
            worker BIGINT NOT NULL,
            need INTEGER NOT NULL,
            turn BIGINT NOT NULL,
            PRIMARY KEY (project, worker, need)
        );
        CREATE TABLE answer (
            seq INTEGER PRIMARY KEY,
            id TEXT UNIQUE,
            project BIGINT NOT NULL,
            task BIGINT NOT NULL,
            page BIGINT NOT NULL,
            worker BIGINT NOT NULL,
            verb TEXT NOT NULL,
            fields TEXT,
            reason TEXT,
            of_seq BIGINT,
            frees INTEGER NOT NULL DEFAULT 0,
            completes INTEGER NOT NULL DEFAULT 0,
            by_account TEXT,
            spent_us BIGINT,
            sim_us BIGINT,
            guideline_hash TEXT NOT NULL,
            schema_hash TEXT NOT NULL,
            at_us BIGINT NOT NULL
        );
        CREATE INDEX answer_project ON answer (project, seq);
        CREATE INDEX answer_task ON answer (task, seq);
        CREATE INDEX answer_worker ON answer (project, worker, seq);
        CREATE INDEX answer_of ON answer (of_seq, seq) WHERE of_seq IS NOT NULL;
        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY,
            project BIGINT NOT NULL,
            worker BIGINT NOT NULL,
            page BIGINT NOT NULL,
            entry INTEGER NOT NULL,
            amount TEXT NOT NULL,
            currency TEXT NOT NULL,
            reason TEXT NOT NULL,
            at_us BIGINT NOT NULL,
            UNIQUE (page, entry)
        );
        CREATE INDEX ledger_worker ON ledger (project, worker);
        CREATE TABLE publication (
            project BIGINT NOT NULL,
            output_branch TEXT NOT NULL,
            number BIGINT NOT NULL,
            branch TEXT NOT NULL,
            upto BIGINT NOT NULL,
            commit_id TEXT NOT NULL,
            global_id TEXT NOT NULL,
            input_commit TEXT NOT NULL,
            spec_commit TEXT NOT NULL,
            settled BIGINT NOT NULL,
            took_us BIGINT NOT NULL,
            at_us BIGINT NOT NULL,
            PRIMARY KEY (project, output_branch, number)
        );
        CREATE INDEX publication_global ON publication (project, output_branch, global_id);
        CREATE TABLE task_source (
            project BIGINT NOT NULL,
            kind TEXT NOT NULL,
            commit_id TEXT NOT NULL,
            error TEXT,
            PRIMARY KEY (project, kind)
        );
        CREATE TABLE renewed_work (
            project BIGINT NOT NULL,
            work_id TEXT NOT NULL,
            renewed TEXT NOT NULL,
            PRIMARY KEY (project, work_id)
        );
        """,
    ),
    # All that these tables need of the store is in commits.
    Migration("crowd", 2, "INSERT INTO needed_content(room, kind, query) VALUES('crowd', 'nothing', '');"),
    Migration(
        "crowd",
        3,
        """
        CREATE TABLE prediction (
            id INTEGER PRIMARY KEY,
            project BIGINT NOT NULL,
            work_id TEXT NOT NULL,
            model TEXT NOT NULL,
            version TEXT NOT NULL,
            run TEXT NOT NULL,
            score DOUBLE PRECISION,
            fields TEXT NOT NULL,
            at_us BIGINT NOT NULL,
            UNIQUE (project, work_id, model, version)
        );
        CREATE INDEX prediction_new ON prediction (project, at_us);
        """,
    ),
    # Labels carried over a change of schema: work keeps the identity under the schema that ``work_schema`` names.
    Migration(
        "crowd",
        4,
        """
        ALTER TABLE project ADD COLUMN work_schema TEXT NOT NULL DEFAULT '';
        CREATE TABLE schema_change (
            project BIGINT NOT NULL,
            number BIGINT NOT NULL,
            upto BIGINT NOT NULL,
            rules TEXT NOT NULL,
            label_schema TEXT NOT NULL,
            report TEXT NOT NULL,
            at_us BIGINT NOT NULL,
            PRIMARY KEY (project, number)
        );
        """,
    ),
    # What a worker adds to an answer: flags and comments, as JSON.
    Migration(
        "crowd",
        5,
        """
        ALTER TABLE answer ADD COLUMN remarks TEXT;
        CREATE INDEX handed_again ON handed (project, worker) WHERE state = 'again';
        """,
    ),
    # Questions to a project's table that are kept under a name, for everybody; ``body`` is JSON.
    Migration(
        "crowd",
        6,
        """
        CREATE TABLE table_view (
            project BIGINT NOT NULL,
            name TEXT NOT NULL,
            body TEXT NOT NULL,
            by_account TEXT NOT NULL,
            at_us BIGINT NOT NULL,
            PRIMARY KEY (project, name)
        );
        """,
    ),
    # What leads do with whole tasks, one by one or many at once; and decisions that settle.
    Migration(
        "crowd",
        7,
        """
        ALTER TABLE task ADD COLUMN decided INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE task ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE task ADD COLUMN extra INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE task ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0;
        UPDATE task SET decided = 1, overlap = 0 WHERE kind = 'real' AND EXISTS (
            SELECT 1 FROM answer v WHERE v.task = task.id AND v.verb = 'decide' AND NOT EXISTS (
                SELECT 1 FROM answer c WHERE c.of_seq = v.seq AND c.verb = 'clear'));
        DROP INDEX task_open;
        CREATE INDEX task_open ON task (project, need, turn) WHERE kind = 'real' AND wanted = 1 AND priority = 0;
        CREATE INDEX task_first ON task (project, priority, need, turn)
            WHERE kind = 'real' AND wanted = 1 AND priority <> 0;
        DROP TABLE queue_mark;
        CREATE TABLE queue_mark (
            project BIGINT NOT NULL,
            worker BIGINT NOT NULL,
            priority INTEGER NOT NULL,
            need INTEGER NOT NULL,
            turn BIGINT NOT NULL,
            PRIMARY KEY (project, worker, priority, need)
        );
        CREATE TABLE assigned (
            project BIGINT NOT NULL,
            task BIGINT NOT NULL,
            worker BIGINT NOT NULL,
            by_account TEXT NOT NULL,
            at_us BIGINT NOT NULL,
            PRIMARY KEY (task, worker)
        );
        CREATE INDEX assigned_worker ON assigned (project, worker, at_us);
        CREATE INDEX page_task_held ON page_task (project, task) WHERE standing = 'open';
        CREATE INDEX page_task_skipped ON page_task (project, task) WHERE standing = 'skipped';
        CREATE INDEX answer_asked ON answer (project, task) WHERE verb = 'review';
        CREATE TABLE bulk (
            id TEXT PRIMARY KEY,
            project BIGINT NOT NULL,
            action TEXT NOT NULL,
            args TEXT NOT NULL,
            by_account TEXT NOT NULL,
            worker BIGINT NOT NULL,
            undo_of TEXT,
            state TEXT NOT NULL,
            targets BLOB NOT NULL,
            items BIGINT NOT NULL,
            total BIGINT NOT NULL,
            done BIGINT NOT NULL DEFAULT 0,
            changed BIGINT NOT NULL DEFAULT 0,
            left_alone TEXT NOT NULL DEFAULT '{}',
            problem TEXT NOT NULL DEFAULT '',
            started_us BIGINT NOT NULL,
            ended_us BIGINT
        );
        CREATE INDEX bulk_running ON bulk (started_us) WHERE state = 'running';
        CREATE INDEX bulk_project ON bulk (project, started_us);
        """,
    ),
    # When a draft was last edited: one that comes late does not replace a later one.
    Migration("crowd", 8, "ALTER TABLE handed ADD COLUMN draft_us BIGINT;"),
)
