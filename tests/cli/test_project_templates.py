"""``recension project templates`` and ``new``: what a project begins with, from the command line alone."""

import json

from recension.cli.main import main
from recension.crowd.spec import read_project
from recension.crowd.templates import templates


def test_the_list_names_every_template(capsys):
    assert main(["project", "templates"]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == [each.name for each in templates()]


def test_a_new_project_is_a_document_that_needs_no_change(capsys):
    assert main(["project", "new", "image-boxes", "--name", "cars", "--input", "photos"]) == 0
    found = read_project(capsys.readouterr().out)
    assert (found.name, found.spec.input.repo, found.spec.output.repo) == ("cars", "photos", "cars-labels")


def test_the_config_alone_is_what_config_check_takes(tmp_path, capsys):
    assert main(["project", "new", "text-form", "--config"]) == 0
    (tmp_path / "form.yaml").write_text(capsys.readouterr().out)
    assert main(["config", "check", str(tmp_path / "form.yaml")]) == 0


def test_json_holds_the_same(capsys):
    assert main(["project", "new", "text-pairs", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert read_project(said["document"].replace("REPO", "pool")).name == said["name"] == "text-pairs"


def test_an_unknown_template_is_not_there(capsys):
    assert main(["project", "new", "image-boxs"]) == 4
    assert "did you mean image-boxes?" in capsys.readouterr().err
