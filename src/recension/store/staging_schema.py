"""The tables of staged changes and of branch triggers; their meaning stands in ``docs/reference/disk-format.md``."""

from __future__ import annotations

from typing import Final

STAGING: Final = """
CREATE TABLE staging_mode(
  repo INTEGER NOT NULL,
  branch TEXT NOT NULL,
  alone INTEGER NOT NULL,
  idle_us BIGINT NOT NULL,
  changes BIGINT NOT NULL,
  PRIMARY KEY(repo, branch),
  FOREIGN KEY(repo, branch) REFERENCES branch(repo, name) ON DELETE CASCADE
);
CREATE TABLE staging(
  repo INTEGER NOT NULL,
  branch TEXT NOT NULL,
  seq BIGINT NOT NULL,
  changes BIGINT NOT NULL,
  held BIGINT NOT NULL,
  first_us BIGINT NOT NULL,
  last_us BIGINT NOT NULL,
  due_us BIGINT NOT NULL,
  PRIMARY KEY(repo, branch),
  FOREIGN KEY(repo, branch) REFERENCES branch(repo, name) ON DELETE CASCADE
);
CREATE TABLE staged(
  repo INTEGER NOT NULL,
  branch TEXT NOT NULL,
  path BLOB NOT NULL,
  seq BIGINT NOT NULL,
  blob BLOB,
  size BIGINT,
  mode INTEGER,
  content_type TEXT,
  meta TEXT,
  mtime_us BIGINT,
  md5 BLOB,
  author TEXT NOT NULL,
  message TEXT NOT NULL,
  at_us BIGINT NOT NULL,
  bytes BLOB,
  PRIMARY KEY(repo, branch, path),
  FOREIGN KEY(repo, branch) REFERENCES staging(repo, branch) ON DELETE CASCADE
);
CREATE INDEX staged_blob ON staged(blob);
INSERT INTO needed_content(room, kind, query)
  VALUES('store', 'blob', 'SELECT blob FROM staged WHERE blob IS NOT NULL AND bytes IS NULL');
ALTER TABLE repo_commit ADD COLUMN volume BIGINT NOT NULL DEFAULT 0;
CREATE TABLE branch_trigger(
  repo INTEGER NOT NULL,
  branch TEXT NOT NULL,
  source TEXT NOT NULL,
  whole INTEGER NOT NULL,
  size BIGINT,
  commits BIGINT,
  cron TEXT,
  set_us BIGINT NOT NULL,
  fired_us BIGINT,
  next_us BIGINT,
  PRIMARY KEY(repo, branch),
  FOREIGN KEY(repo, branch) REFERENCES branch(repo, name) ON DELETE CASCADE,
  FOREIGN KEY(repo, source) REFERENCES branch(repo, name)
);
CREATE INDEX branch_trigger_source ON branch_trigger(repo, source);
"""

STAGED_ORDER: Final = """
CREATE INDEX staged_seq ON staged(repo, branch, seq);
"""
