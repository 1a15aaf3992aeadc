"""``recension config check``: everything that cannot be honoured, with its line in the file."""

import json

import pytest

from recension.cli.main import main

GOOD = '<View><Text name="t" value="$t"/><Choices name="c" toName="t"><Choice value="a"/></Choices></View>'
BAD = """<View>
<Text name="t" value="$t" valuetpye="url"/>
<Pdf name="p" value="$p"/>
<Number name="n" toName="q"/></View>"""


@pytest.fixture
def check(tmp_path, capsys):
    def run(name, text, *options):
        (tmp_path / name).write_text(text)
        code = main(["config", "check", str(tmp_path / name), *options])
        return code, capsys.readouterr()

    return run


def test_a_config_that_works_is_fine(check):
    code, said = check("c.xml", GOOD)
    assert (code, said.out, said.err) == (0, "c.xml is fine: 1 question\n", "")


def test_every_problem_has_a_line(check):
    code, said = check("c.xml", BAD)
    assert code == 2
    lines = said.err.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["c.xml:2:", "c.xml:3:", "c.xml:4:", "c.xml:"]
    assert "did you mean valueType?" in lines[0]
    assert "<Pdf> cannot be used yet" in lines[1]


def test_style_that_is_left_out_is_a_note(check):
    code, said = check("c.xml", GOOD.replace("<View>", '<View style="position: fixed">'))
    assert code == 0
    assert said.err == "c.xml:1: note: the style 'position: fixed' is left out\n"


def test_a_project_document_counts_its_own_lines(check):
    document = "project: p\nlabel_config: |\n  " + BAD.replace("\n", "\n  ") + "\n"
    code, said = check("p.yaml", document, "--json")
    body = json.loads(said.out)
    assert (code, body["ok"]) == (2, False)
    assert [each["line"] for each in body["problems"]] == [4, 5, 6]
    assert {"line", "tag", "message", "hint"} == body["problems"][0].keys()


def test_our_own_form_is_checked_too(check):
    code, said = check("f.yaml", "show: {t: text}\nask:\n  a: {choice: [x], colour: red}\n  b: {choice: []}\n")
    assert code == 2
    lines = said.err.splitlines()
    assert lines[0].startswith("f.yaml:3: ask.a: unknown key 'colour'")
    assert lines[1].startswith("f.yaml:4: ask.b.choice: no options")
    assert lines[2] == "f.yaml: 2 problems"
    code, said = check("f.yaml", "fields:\n  show: {t: text}\n  ask: {a: {rating: 5}}\n", "--json")
    assert (code, json.loads(said.out)["fields"]) == (0, [{"name": "a", "kind": "rating"}])


@pytest.mark.parametrize(("text", "code"), [("a: 1", 2), ("", 2), ("[1]", 2), ("<View>", 2)])
def test_what_is_no_config_is_an_error(check, text, code):
    assert check("x.yaml", text)[0] == code


def test_a_file_that_is_not_there_is_not_found(capsys):
    assert main(["config", "check", "/nowhere/at/all.xml"]) == 4
