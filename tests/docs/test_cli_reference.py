"""The reference of commands and the command line say the same."""

from __future__ import annotations

import argparse
import importlib
import re
from pathlib import Path

import pytest

from recension.cli.faults import EXIT_CODES
from recension.cli.main import COMMANDS

PAGE = (Path(__file__).resolve().parent.parent.parent / "docs" / "reference" / "cli.md").read_text()
EVERYWHERE = {"-h", "--help"}


def commands() -> dict[str, argparse.ArgumentParser]:
    """Every command of the program, such as ``repo create``, with its parser."""
    parser = argparse.ArgumentParser(prog="recension")
    groups = parser.add_subparsers()
    for module in dict.fromkeys(module for module, _text in COMMANDS.values()):
        importlib.import_module(module).add_parser(groups)
    return dict(leaves(parser, ""))


def leaves(parser: argparse.ArgumentParser, name: str):
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield name.strip(), parser
    for action in below:
        for verb, inner in action.choices.items():
            yield from leaves(inner, f"{name} {verb}")


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {text for action in parser._actions for text in action.option_strings} - EVERYWHERE


def documented() -> dict[str, set[str]]:
    """Command → the options in its heading."""
    found, known = {}, commands()
    for line in re.findall(r"^`recension (.*)`$", PAGE, re.MULTILINE):
        words = line.split()
        name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        found[name] = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", line))
    return found


def test_every_command_is_documented_and_no_other():
    assert set(documented()) == set(commands())


@pytest.mark.parametrize("name", sorted(commands()))
def test_the_options_of_a_command_are_documented_and_no_others(name):
    assert documented()[name] == options(commands()[name])


def test_every_exit_code_is_documented():
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
    assert codes == {0, 70, 130, 141, *(code for _kind, code in EXIT_CODES)}
