"""fold, gc, backup and restore on the command line."""

import json

import pytest

from recension.cli.main import main
from recension.crowd.schema import MIGRATIONS
from recension.db import migrate
from recension.store import Store, delta


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RECENSION_HOME", str(tmp_path / "home"))
    (tmp_path / "a.txt").write_bytes(b"a" * 3000)
    (tmp_path / "b.txt").write_bytes(bytes(range(256)) * 12)
    assert main(["repo", "create", "pool"]) == 0
    assert main(["put", "pool@main", str(tmp_path / "a.txt")]) == 0
    return tmp_path / "home"


def test_a_deleted_repo_gives_its_bytes_back(home, tmp_path, capsys):
    main(["repo", "create", "gone"])
    main(["put", "gone@main", str(tmp_path / "b.txt")])
    main(["repo", "delete", "gone"])
    capsys.readouterr()
    assert main(["gc", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["removed_records"] == 0
    assert main(["gc", "--grace", "0", "--dry-run"]) == 0
    assert "2 records would be removed" in capsys.readouterr().out
    assert main(["gc", "--grace", "0", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["removed_records"], said["objects_deleted"]) == (2, 1)
    assert main(["fsck"]) == 0


def test_what_lies_beside_a_tree_is_folded(home, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(delta, "RULE", delta.Rule(leaves=0, one_in=1, rows=10))
    assert main(["put", "pool@main", str(tmp_path / "b.txt")]) == 0
    capsys.readouterr()
    main(["log", "pool", "--json"])
    newest = json.loads(capsys.readouterr().out)
    newest = newest[0] if isinstance(newest, list) else newest["commits"][0]
    assert newest["content_id"] is None
    assert main(["fold", "pool", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["commit"], said["rows"]) == (newest["id"], 1)
    assert main(["fold", f"pool@{newest['id']}"]) == 0
    assert capsys.readouterr().out == f"pool@{newest['id']}: 0 rows folded; content id {said['content_id']}\n"
    with Store.open(home) as store:
        assert store.commit(newest["id"]).content_id == said["content_id"]


def test_a_grace_period_is_a_number(home, capsys):
    assert main(["gc", "--grace", "-1"]) == 2
    assert main(["gc", "--grace", "nan"]) == 2


def test_a_backup_can_be_restored(home, tmp_path, capsys):
    capsys.readouterr()
    assert main(["backup", str(tmp_path / "backups"), "--json"]) == 0
    file = json.loads(capsys.readouterr().out)["file"]
    assert main(["restore", file]) == 5
    for part in home.glob("recension.db*"):
        part.unlink()
    assert main(["restore", file]) == 0
    assert main(["fsck"]) == 0
    for pack in (home / "objects" / "packs").iterdir():
        pack.unlink()
    assert main(["restore", "--force", file]) == 6
    assert "is not among the objects" in capsys.readouterr().err


def test_books_that_do_not_follow_from_the_log_are_told(home, capsys):
    with Store.open(home) as store:
        migrate(store.db, MIGRATIONS)

        def unearned(tx):
            tx.execute(
                "INSERT INTO project(workspace, name, spec, policy, label_schema, schema_hash, guideline_hash,"
                " created_us) VALUES('default', 'birds', '', '', '', '', '', 1)"
            )
            tx.execute(
                "INSERT INTO task(project, work_id, kind, data, overlap, answered, turn, created_us)"
                " VALUES(1, 'w', 'real', '{}', 3, 2, 1, 1)"
            )

        store.db.write(unearned)
    capsys.readouterr()
    assert main(["fsck"]) == 6
    assert "project default/birds: " in capsys.readouterr().err
