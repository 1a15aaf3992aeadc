"""The line that says how far a transfer is."""

import io
import re

import pytest

from recension.cli import output
from recension.cli.output import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def hasty(monkeypatch):
    """Nobody waits before the line is drawn, nor between two drawings."""
    monkeypatch.setattr(output, "_PATIENCE_S", 0.0)
    monkeypatch.setattr(output, "_REDRAW_S", 0.0)


def test_it_tells_share_rate_and_time_left_when_the_whole_is_known(hasty):
    terminal = Terminal()
    with Progress("put", terminal) as progress:
        assert progress.watched
        progress.expect(4_000_000)
        progress.more(3, 1_000_000)
    line = terminal.getvalue().split("\r\x1b[K")[1]
    done, left = line.split("MB of 4.0 MB")
    assert done == "put  [#####               ]  25%  3 files  1.0 "
    assert re.fullmatch(r"  .*/s  \d+:\d\d:\d\d left", left)
    assert terminal.getvalue().endswith("\r\x1b[K"), "nothing stays"


def test_it_tells_what_is_done_when_the_whole_is_not_known(hasty):
    terminal = Terminal()
    with Progress("get", terminal) as progress:
        progress.more(1, 500)
    assert "get  1 file  500 B" in terminal.getvalue()
    assert "left" not in terminal.getvalue()


def test_nothing_is_said_where_nobody_watches(hasty):
    stream = io.StringIO()
    with Progress("put", stream) as progress:
        progress.expect(10)
        progress.more(1, 10)
    assert not progress.watched
    assert stream.getvalue() == ""
