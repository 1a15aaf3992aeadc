"""The tables of pipelines, jobs and remembered work.

``pipeline.since`` is the newest event when the present specification came in: earlier events do not trigger it; while
``pipeline.paused_us`` is set no job of it is begun. ``job.inputs`` is a JSON list with one commit per pfs input.
``job.datums`` is the root of a content-addressed tree of every datum of the job; ``job_datum`` holds only those that
the job dealt with itself. ``memo.key`` is both the result key of a datum and the name of the blob with its preimage.
``job_read`` is what a job resolved beyond its inputs (once it has succeeded: what its output was made from),
``memo_read`` which addresses (a JSON list) datums of a key were seen to read. Blobs and trees that these tables refer
to are listed in ``needed_content``, so that a collection keeps them.
"""

from __future__ import annotations

from typing import Final

from recension.db import Migration

_TABLES: Final = """
CREATE TABLE pipeline(
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  spec TEXT NOT NULL,
  spec_commit TEXT NOT NULL,
  since BIGINT NOT NULL,
  created_us BIGINT NOT NULL,
  updated_us BIGINT NOT NULL,
  PRIMARY KEY(workspace, name)
);
CREATE TABLE job(
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  workspace TEXT NOT NULL,
  pipeline TEXT NOT NULL,
  branch TEXT NOT NULL,
  output_branch TEXT NOT NULL,
  spec_commit TEXT NOT NULL,
  cause TEXT NOT NULL,
  global_id TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  kill_wanted INTEGER NOT NULL DEFAULT 0,
  inputs TEXT NOT NULL,
  code BLOB,
  shape TEXT,
  environment TEXT,
  datums BLOB,
  output_commit TEXT,
  total BIGINT NOT NULL DEFAULT 0,
  run BIGINT NOT NULL DEFAULT 0,
  skipped BIGINT NOT NULL DEFAULT 0,
  failed BIGINT NOT NULL DEFAULT 0,
  recovered BIGINT NOT NULL DEFAULT 0,
  created_us BIGINT NOT NULL,
  started_us BIGINT,
  finished_us BIGINT,
  UNIQUE(workspace, pipeline, branch, cause)
);
CREATE INDEX job_state ON job(state);
CREATE INDEX job_global ON job(global_id);
CREATE INDEX job_pipeline ON job(workspace, pipeline, number);
CREATE TABLE job_datum(
  job TEXT NOT NULL,
  datum TEXT NOT NULL,
  label TEXT NOT NULL,
  key BLOB NOT NULL,
  previous BLOB,
  state TEXT NOT NULL,
  log BLOB,
  attempts INTEGER NOT NULL,
  spent_us BIGINT NOT NULL,
  error TEXT,
  PRIMARY KEY(job, datum)
);
CREATE TABLE job_log(
  job TEXT NOT NULL,
  line_number INTEGER NOT NULL,
  at_us BIGINT NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY(job, line_number)
);
CREATE TABLE memo(
  key BLOB NOT NULL PRIMARY KEY,
  output BLOB NOT NULL,
  files BIGINT NOT NULL,
  size BIGINT NOT NULL,
  log BLOB,
  job TEXT NOT NULL,
  spent_us BIGINT NOT NULL,
  at_us BIGINT NOT NULL
);
CREATE TABLE environment_lock(
  requirements TEXT NOT NULL,
  python TEXT NOT NULL,
  lock TEXT NOT NULL,
  at_us BIGINT NOT NULL,
  PRIMARY KEY(requirements, python)
);
"""

_NEEDS: Final = """
INSERT INTO needed_content(room, kind, query) VALUES
  ('flow', 'tree', 'SELECT output FROM memo'),
  ('flow', 'blob', 'SELECT key FROM memo'),
  ('flow', 'blob', 'SELECT log FROM memo'),
  ('flow', 'tree', 'SELECT datums FROM job'),
  ('flow', 'blob', 'SELECT code FROM job'),
  ('flow', 'blob', 'SELECT key FROM job_datum'),
  ('flow', 'blob', 'SELECT previous FROM job_datum'),
  ('flow', 'blob', 'SELECT log FROM job_datum');
"""

_READS: Final = """
CREATE TABLE job_read(
  job TEXT NOT NULL,
  address TEXT NOT NULL,
  commit_id TEXT,
  content TEXT NOT NULL,
  PRIMARY KEY(job, address)
);
CREATE TABLE memo_read(
  key BLOB NOT NULL,
  addresses TEXT NOT NULL,
  PRIMARY KEY(key, addresses)
);
INSERT INTO needed_content(room, kind, query) VALUES ('flow', 'blob', 'SELECT key FROM memo_read');
"""

_PAUSE: Final = "ALTER TABLE pipeline ADD COLUMN paused_us BIGINT;"

MIGRATIONS: Final = (
    Migration("flow", 1, _TABLES),
    Migration("flow", 2, _NEEDS),
    Migration("flow", 3, _READS),
    Migration("flow", 4, _PAUSE),
)
