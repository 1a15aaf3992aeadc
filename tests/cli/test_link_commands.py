"""``recension import`` and ``materialise``, as somebody at a terminal uses them."""

import json
import os

import pytest

from recension.cli.main import main


@pytest.fixture
def cli(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("RECENSION_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("RECENSION_SERVER", raising=False)

    def command(*words, code=0):
        ended = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert ended == code, (out, err)
        return out + err

    return command


def test_import_materialise_and_what_they_say(cli, tmp_path):
    cli("repo", "create", "pool")
    (tmp_path / "data" / "sub").mkdir(parents=True)
    (tmp_path / "data" / "a").write_text("one")
    (tmp_path / "data" / "sub" / "b").write_text("two")
    done = cli("import", str(tmp_path / "data"), "pool@main:/in", "--json")
    shape = json.loads(done)
    assert (shape["listed"], shape["commit"]["files"], shape["new"]) == (2, 2, True)
    assert shape["commit"]["message"] == f"Import file://{tmp_path}/data"
    assert "nothing differs" in cli("import", str(tmp_path / "data"), "pool@main:/in")
    assert cli("get", "pool@main:/in/a", "-") == "one"
    assert cli("fsck", "--sources").startswith("clean")
    os.utime(tmp_path / "data" / "a", (1, 1))
    gone = cli("get", "pool@main:/in/a", "-", code=6)
    assert shape["commit"]["id"] in gone
    assert f"{tmp_path}/data/a" in gone
    assert "1 problem" in cli("fsck", "--sources", code=6)
    (linked, _) = json.loads(cli("ls", "pool@main:/in", "--json"))["entries"]
    assert linked["link"] == f"file://{tmp_path}/data/a"
    assert f"-> file://{tmp_path}/data/a" in cli("ls", "pool@main:/in")
    assert "~1" in cli("import", "--hash", str(tmp_path / "data" / "sub"), "pool@main:/in/sub")
    made = json.loads(cli("materialise", "pool@main:/in/sub", "--json"))
    assert (made["files"], made["new"]) == (1, False)
    cli("import", str(tmp_path / "data"), "pool@main:/in")
    assert "1 file brought in" in cli("materialise", "pool@main")
    (tmp_path / "data" / "a").unlink()
    assert cli("get", "pool@main:/in/a", "-") == "one"
    cli("import", str(tmp_path / "nowhere"), "pool@main", code=4)
    cli("import", "http://127.0.0.1/", "pool@main", code=2)
