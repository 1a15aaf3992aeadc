"""``recension convert`` and what it says."""

import json
import zipfile
from pathlib import Path

import pytest

from recension.cli.main import main

CELLS = Path(__file__).parents[1] / "samples" / "bccd"


@pytest.fixture
def run(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("RECENSION_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def command(*words, code=0):
        ended = main([str(word) for word in words])
        out, err = capsys.readouterr()
        assert ended == code, (out, err)
        if code:
            assert len(err.splitlines()) == 1, err
        return err if code else out

    return command


def test_labels_go_from_format_to_format_and_the_losses_are_listed(run, tmp_path):
    said = json.loads(run("convert", CELLS / "annotations", "coco", "--from", "voc", "--to", "coco", "--json"))
    assert said == {"from": "voc", "to": "coco", "items": 100, "label_sets": 100, "lost": []}
    said = json.loads(run("convert", "coco", "yolo.zip", "--to", "yolo", "--json"))
    assert [loss["what"] for loss in said["lost"]] == ["attributes of a region"]
    with zipfile.ZipFile(tmp_path / "yolo.zip") as archive:
        assert len([name for name in archive.namelist() if name.endswith(".txt")]) == 100
    text = run("convert", "yolo.zip", "voc", "--from", "yolo", "--to", "voc", "--images", CELLS / "images")
    assert text.startswith("100 items")


def test_a_commit_is_converted_like_a_folder(run):
    run("repo", "create", "cells")
    run("put", "cells@main:/labels", CELLS / "annotations")
    said = json.loads(run("convert", "cells@main:/labels", "out", "--from", "voc", "--to", "cvat", "--json"))
    assert said["items"] == 100


def test_nothing_is_left_behind_when_it_fails(run, tmp_path):
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "a.xml").write_text((CELLS / "annotations" / "BloodImage_00000.xml").read_text())
    (bad / "b.xml").write_text("<annotation><object/></annotation>")
    assert "b.xml: line 1" in run("convert", bad, "out", "--from", "voc", "--to", "coco", code=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad"]


def test_strict_refuses_what_would_lose_something(run, tmp_path):
    run("convert", CELLS / "annotations", "coco", "--from", "voc", "--to", "coco")
    assert "attributes of a region" in run("convert", "coco", "yolo", "--to", "yolo", "--strict", code=2)
    assert not (tmp_path / "yolo").exists()


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("nowhere", "out", "--to", "coco"), 4, "no such file or folder"),
        ((".", "out", "--to", "paint"), 4, "no label format 'paint'"),
        ((".", "out", "--from", "voc", "--to", "coco"), 2, "no items were found"),
        ((CELLS, "taken", "--from", "voc", "--to", "coco"), 5, "there is something already"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run, tmp_path, words, code, why):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("")
    assert why in run("convert", *words, code=code)


def test_names_that_lead_out_of_the_folder_are_refused(run, tmp_path):
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("../evil.ann", "T1\tPER 0 1\ta\n")
        archive.writestr("../evil.txt", "a")
    assert "no name of a file below a folder" in run(
        "convert", "evil.zip", "out", "--from", "brat", "--to", "brat", code=2
    )
    assert not (tmp_path.parent / "evil.ann").exists()


def test_an_address_goes_before_the_names_of_images_and_nothing_else(run, tmp_path):
    words = ("convert", CELLS / "annotations", "tasks", "--from", "voc", "--to", "label-studio", "--address", "s3://b/")
    run(*words)
    tasks = json.loads((tmp_path / "tasks" / "tasks.json").read_text())
    assert min(task["data"]["image"] for task in tasks) == "s3://b/BloodImage_00000.jpg"
    asked = '<Number name="n" toName="i"/>'
    config = f'<View><Image name="i" value="$image"/><Text name="t" value="$note"/>{asked}</View>'
    (tmp_path / "config.xml").write_text(config)
    row = {"data": {"image": "/x/a.jpg", "note": "a.jpg"}, "annotations": []}
    (tmp_path / "export.json").write_text(json.dumps([row]))
    more = ("--config", "config.xml", "--address", "/d/?d=")
    run("convert", "export.json", "again", "--from", "label-studio", "--to", "label-studio", *more)
    (task,) = json.loads((tmp_path / "again" / "tasks.json").read_text())
    assert task["data"] == {"image": "/d/?d=x/a.jpg", "note": "a.jpg"}
