"""The tables of the store; their meaning stands in ``docs/reference/disk-format.md``."""

from __future__ import annotations

from typing import Final

from recension.db import Migration
from recension.store.staging_schema import STAGED_ORDER, STAGING

_TABLES: Final = """
CREATE TABLE repo(
  id INTEGER PRIMARY KEY,
  workspace TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  description TEXT NOT NULL,
  created_us BIGINT NOT NULL,
  UNIQUE(workspace, name)
);
CREATE TABLE repo_commit(
  id TEXT NOT NULL PRIMARY KEY,
  repo INTEGER NOT NULL REFERENCES repo(id) ON DELETE CASCADE,
  branch TEXT NOT NULL,
  global_id TEXT NOT NULL,
  content_id BLOB NOT NULL,
  root BLOB NOT NULL,
  at_us BIGINT NOT NULL,
  author TEXT NOT NULL,
  message TEXT NOT NULL,
  kind TEXT NOT NULL,
  meta TEXT NOT NULL,
  files BIGINT NOT NULL,
  size BIGINT NOT NULL,
  added BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  removed BIGINT NOT NULL,
  generation BIGINT NOT NULL
);
CREATE INDEX repo_commit_repo ON repo_commit(repo, id);
CREATE INDEX repo_commit_global ON repo_commit(global_id);
CREATE TABLE commit_parent(
  commit_id TEXT NOT NULL REFERENCES repo_commit(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  parent TEXT NOT NULL,
  PRIMARY KEY(commit_id, position)
);
CREATE INDEX commit_parent_parent ON commit_parent(parent);
CREATE TABLE commit_source(
  commit_id TEXT NOT NULL REFERENCES repo_commit(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY(commit_id, position)
);
CREATE INDEX commit_source_source ON commit_source(source);
CREATE TABLE branch(
  repo INTEGER NOT NULL REFERENCES repo(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  head TEXT REFERENCES repo_commit(id),
  at_us BIGINT NOT NULL,
  PRIMARY KEY(repo, name)
);
CREATE INDEX branch_head ON branch(head);
CREATE TABLE pack(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  size BIGINT NOT NULL,
  records BIGINT NOT NULL,
  at_us BIGINT NOT NULL
);
CREATE TABLE record(
  id BLOB NOT NULL PRIMARY KEY,
  kind INTEGER NOT NULL,
  pack INTEGER NOT NULL,
  position BIGINT NOT NULL,
  stored BIGINT NOT NULL,
  size BIGINT NOT NULL
) WITHOUT ROWID;
"""

_NAMES: Final = """
ALTER TABLE branch ADD COLUMN protected INTEGER NOT NULL DEFAULT 0;
CREATE TABLE workspace(
  name TEXT NOT NULL PRIMARY KEY,
  description TEXT NOT NULL,
  created_us BIGINT NOT NULL
);
INSERT INTO workspace(name, description, created_us) SELECT workspace, '', MIN(created_us) FROM repo GROUP BY workspace;
INSERT INTO workspace(name, description, created_us) VALUES('default', '', 0) ON CONFLICT(name) DO NOTHING;
CREATE TABLE tag(
  repo INTEGER NOT NULL REFERENCES repo(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  commit_id TEXT NOT NULL REFERENCES repo_commit(id),
  at_us BIGINT NOT NULL,
  author TEXT NOT NULL,
  message TEXT NOT NULL,
  PRIMARY KEY(repo, name)
);
CREATE INDEX tag_commit ON tag(commit_id);
"""

_DEPTH: Final = """
ALTER TABLE repo_commit ADD COLUMN depth BIGINT NOT NULL DEFAULT 0;
UPDATE repo_commit SET depth = generation;
"""

_COLLECTION: Final = """
CREATE TABLE needed_content(
  room TEXT NOT NULL,
  kind TEXT NOT NULL,
  query TEXT NOT NULL,
  PRIMARY KEY(room, query)
);
INSERT INTO needed_content(room, kind, query) VALUES('db', 'nothing', '');
INSERT INTO needed_content(room, kind, query) VALUES('store', 'tree', 'SELECT DISTINCT root FROM repo_commit');
CREATE TABLE condemned(
  id BLOB NOT NULL PRIMARY KEY,
  at_us BIGINT NOT NULL
);
CREATE TABLE dropped_pack(
  name TEXT NOT NULL PRIMARY KEY,
  at_us BIGINT NOT NULL,
  gone INTEGER NOT NULL
);
CREATE TABLE collection(
  id INTEGER PRIMARY KEY,
  epoch BIGINT NOT NULL
);
INSERT INTO collection(id, epoch) VALUES(1, 0);
"""

_OPEN: Final = """
CREATE TABLE open_commit(
  id TEXT NOT NULL PRIMARY KEY,
  repo INTEGER NOT NULL REFERENCES repo(id) ON DELETE CASCADE,
  branch TEXT NOT NULL,
  author TEXT NOT NULL,
  message TEXT NOT NULL,
  meta TEXT NOT NULL,
  at_us BIGINT NOT NULL,
  changes BIGINT NOT NULL
);
CREATE INDEX open_commit_repo ON open_commit(repo);
CREATE TABLE open_change(
  open_commit TEXT NOT NULL REFERENCES open_commit(id) ON DELETE CASCADE,
  seq BIGINT NOT NULL,
  verb TEXT NOT NULL,
  path TEXT NOT NULL,
  blob BLOB,
  size BIGINT,
  mode INTEGER,
  content_type TEXT,
  meta TEXT,
  mtime_us BIGINT,
  PRIMARY KEY(open_commit, seq)
);
INSERT INTO needed_content(room, kind, query)
  VALUES('store', 'blob', 'SELECT blob FROM open_change WHERE blob IS NOT NULL');
"""

_LINKS: Final = """
CREATE TABLE link_place(
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE
);
CREATE TABLE link(
  blob BLOB NOT NULL,
  place INTEGER NOT NULL REFERENCES link_place(id),
  name TEXT NOT NULL,
  size BIGINT NOT NULL,
  etag TEXT NOT NULL,
  mtime_us BIGINT,
  hashed INTEGER NOT NULL,
  PRIMARY KEY(blob, place, name)
) WITHOUT ROWID;
"""

_FOLDS: Final = """
CREATE TABLE fold(
  layout BLOB NOT NULL PRIMARY KEY,
  root BLOB NOT NULL
);
CREATE INDEX fold_root ON fold(root);
"""

_LINK_TIMES: Final = "ALTER TABLE link ADD COLUMN at_us BIGINT NOT NULL DEFAULT 0;"

MIGRATIONS: Final = (
    Migration("store", 1, _TABLES),
    Migration("store", 2, _NAMES),
    Migration("store", 3, _DEPTH),
    Migration("store", 4, _COLLECTION),
    Migration("store", 5, _OPEN),
    Migration("store", 6, _LINKS),
    Migration("store", 7, STAGING),
    Migration("store", 8, _FOLDS),
    Migration("store", 9, _LINK_TIMES),
    Migration("store", 10, STAGED_ORDER),
)
