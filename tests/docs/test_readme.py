"""What the README points to is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_file_leads_somewhere(page):
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / page).read_text())
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_first_screen_shows_a_picture_and_both_commands():
    first = (ROOT / "README.md").read_text().splitlines()[:20]
    assert any(line.startswith("![") for line in first)
    assert {"make demo", "make test"} <= {line[:9].strip() for line in first if line.startswith("make")}
