"""The commands of the workbench that have keys, and what keys a person may give them.

The browser has the same table (``web/src/label/keymap.ts``); the tests of both read ``tests/vectors/commands.json``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from recension.errors import Invalid


class Command(NamedTuple):
    """A command: its title, its usual keys, and whether it works wherever people label, or where regions are drawn."""

    title: str
    keys: tuple[str, ...]
    everywhere: bool = False
    fixed: bool = False
    """Belongs to the way the screen works; cannot be given another key."""


COMMANDS: Final[Mapping[str, Command]] = {
    "submit": Command("Submit the answer", ("enter",), True, True),
    "skip": Command("Skip", ("s",), True),
    "skip-because": Command("Skip, and say why", ("shift+s",), True),
    "unclear": Command("Mark the task as unclear", ("shift+u",), True),
    "comment": Command("Comment on the task or the selected region", ("shift+c",), True),
    "undo": Command("Take back the last point, region or answer", ("backspace",), True, True),
    "edit-undo": Command("Undo", ("ctrl+z",), True),
    "edit-redo": Command("Redo", ("ctrl+shift+z", "ctrl+y"), True),
    "guideline": Command("Show or hide the guideline", ("g",), True),
    "help": Command("List of keys", ("?",), True),
    "close": Command("Give up what was begun, close what is open", ("escape",), True, True),
    "select": Command("Select and move", ("v",)),
    "box": Command("Box", ("b",)),
    "rotated-box": Command("Rotated box", ("o",)),
    "ellipse": Command("Ellipse", ("e",)),
    "polygon": Command("Polygon", ("p",)),
    "hole": Command("Hole in a polygon", ("shift+p",)),
    "polyline": Command("Line", ("l",)),
    "keypoint": Command("Point", ("k",)),
    "skeleton": Command("Skeleton", ("j",)),
    "brush": Command("Brush", ("w",)),
    "eraser": Command("Eraser", ("x",)),
    "extreme": Command("Four outermost points", ("t",)),
    "relate": Command("Relate two regions", ("c",)),
    "repeat": Command("Draw the last kind again", ("n",)),
    "smaller": Command("Smaller brush", ("[",)),
    "larger": Command("Larger brush", ("]",)),
    "snap": Command("Snapping on or off", ("y",)),
    "labels": Command("Find a label by name", ("/",)),
    "next": Command("Next region", (".",)),
    "previous": Command("Region before", (",",)),
    "select-all": Command("Select all", ("ctrl+a",)),
    "delete": Command("Delete", ("delete",)),
    "copy": Command("Copy", ("ctrl+c",)),
    "paste": Command("Paste", ("ctrl+v",)),
    "paste-previous": Command("Paste all from the item before", ("r", "ctrl+shift+v")),
    "duplicate": Command("Duplicate", ("ctrl+d",)),
    "hide": Command("Hide or show", ("h",)),
    "lock": Command("Lock or unlock", ("shift+l",)),
    "front": Command("To the front", ("shift+pageup",)),
    "forward": Command("One step forward", ("pageup",)),
    "backward": Command("One step back", ("pagedown",)),
    "back": Command("To the back", ("shift+pagedown",)),
    "accept": Command("Accept all proposals", ("shift+a",)),
    "next-handle": Command("Next corner or point of the region", ("q",)),
    "previous-handle": Command("Corner or point before", ("shift+q",)),
    "occlude": Command("Joint covered or visible", ("u",)),
    "turn-right": Command("Turn clockwise", ("alt+.",)),
    "turn-left": Command("Turn the other way", ("alt+,",)),
    "fit": Command("Fit the image", ("f",)),
    "zoom-selection": Command("Zoom to the selection", ("shift+f",)),
    "zoom-in": Command("Zoom in", ("+", "=")),
    "zoom-out": Command("Zoom out", ("-",)),
    "next-image": Command("Next image of the task", ("alt+pagedown",)),
    "previous-image": Command("Image before", ("alt+pageup",)),
}
"""Every command by its name."""

_SCREEN: Final = frozenset({"tab", "shift+tab", "enter", "escape", "backspace", "ctrl+k", "meta+k", "space"})
_ARROW: Final = re.compile(r"(?:(?:alt|ctrl|meta|shift)\+)*(?:up|down|left|right)")
_KEY: Final = re.compile(r"(?:(?:ctrl|meta|alt|shift)\+){0,4}(?:[^\s+]|\+|[a-z][a-z0-9]{1,15})")


def check_keys(keys: Mapping[str, str]) -> None:
    """Do nothing when a person may have these keys: command to key, of those that are not the usual ones.

    Raises:
        Invalid: there is no such command or key, the screen needs the key, or another command has it; says which.
    """
    for name, key in keys.items():
        where = f"keys.{name}"
        command = COMMANDS.get(name)
        if command is None or command.fixed:
            what = "there is no such command" if command is None else f"{command.title!r} has its own key"
            raise Invalid(what, where=where, hint="leave it out")
        if _KEY.fullmatch(key) is None:
            raise Invalid(f"{key!r} is no key", where=where, hint="write a, shift+a or ctrl+a")
        if key in _SCREEN or _ARROW.fullmatch(key):
            raise Invalid(f"{key} is needed by the screen itself", where=where, hint="take another key")
        other = _taken(name, key, keys)
        if other is not None:
            raise Invalid(
                f"{key} means {COMMANDS[other].title!r}", where=where, hint="take another key, or change that"
            )


def _taken(name: str, key: str, keys: Mapping[str, str]) -> str | None:
    """The command that has the key already; of those that work elsewhere only, the usual keys do not count."""
    for other, command in COMMANDS.items():
        own = keys.get(other)
        meet = command.everywhere or not COMMANDS[name].everywhere or own is not None
        if other != name and meet and key in (command.keys if own is None else (own,)):
            return other
    return None
