"""Reading the ``transform`` of a pipeline specification."""

from __future__ import annotations

import re
from typing import Final

from recension.flow.document import Value
from recension.flow.spec import Transform

_TRANSFORM_IGNORED: Final = frozenset({"image", "image_pull_secrets", "memory_volume", "user"})
_TRANSFORM: Final = frozenset(
    [
        "cmd",
        "stdin",
        "env",
        "err_cmd",
        "err_stdin",
        "accept_return_code",
        "working_dir",
        "files",
        "function",
        "requirements",
        "network",
    ]
)
_TRANSFORM_REFUSED: Final = {
    "datum_batching": "each datum runs its command once",
    "secrets": "this version hands no secrets to steps",
}
_FUNCTION: Final = re.compile(r"(?P<file>[\w./-]+\.py):(?P<name>[A-Za-z_]\w*)")
_TAKEN_FOLDERS: Final = frozenset({"/", "/pfs", "/proc", "/dev", "/sys", "/usr", "/bin", "/lib", "/etc", "/tmp"})  # noqa: S108


def read_transform(value: Value, notes: list[str]) -> Transform:
    """Read what a step runs; ``notes`` receives lines about what is ignored."""
    fields = value.fields(_TRANSFORM | _TRANSFORM_IGNORED, _TRANSFORM_REFUSED)
    if "image" in fields:
        notes.append("'transform.image' is ignored: steps run on this machine; declare transform.requirements")
    notes.extend(
        f"'transform.{name}' is ignored: steps run on this machine"
        for name in sorted(_TRANSFORM_IGNORED & fields.keys() - {"image"})
    )
    if ("cmd" in fields) == ("function" in fields):
        raise value.wrong("a transform has either 'cmd' or 'function'", "for example cmd: [python, step.py]")
    codes = fields["accept_return_code"].items() if "accept_return_code" in fields else ()
    return Transform(
        cmd=_command(fields["cmd"]) if "cmd" in fields else (),
        stdin=fields["stdin"].strings() if "stdin" in fields else (),
        env=_environment(fields["env"]) if "env" in fields else {},
        err_cmd=_command(fields["err_cmd"]) if "err_cmd" in fields else (),
        err_stdin=fields["err_stdin"].strings() if "err_stdin" in fields else (),
        accept_return_code=tuple(code.integer(least=0) for code in codes),
        working_dir=_working_dir(fields["working_dir"]) if "working_dir" in fields else None,
        files=tuple(_relative(item) for item in fields["files"].items()) if "files" in fields else (),
        function=_function(fields["function"]) if "function" in fields else None,
        requirements=_requirements(fields["requirements"]) if "requirements" in fields else None,
        network="network" in fields and fields["network"].boolean(),
    )


def _command(value: Value) -> tuple[str, ...]:
    words = value.strings()
    if not words or not words[0]:
        raise value.wrong("the command is empty")
    return words


def _environment(value: Value) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, item in value.mapping().items():
        if not name or "=" in name or "\0" in name:
            raise item.wrong(f"{name!r} cannot name an environment variable")
        found[name] = item.scalar()
    return found


def _working_dir(value: Value) -> str:
    text = value.string().rstrip("/") or "/"
    segments = text.split("/")[1:]
    if not text.startswith("/") or ".." in segments or "." in segments or "" in segments:
        raise value.wrong(f"{text!r} is no absolute folder", "write a folder like /app")
    if text in _TAKEN_FOLDERS or text.startswith(("/pfs/", "/proc/", "/dev/", "/sys/")):
        raise value.wrong(f"{text!r} belongs to the system", "write a folder like /app")
    return text


def _relative(value: Value) -> str:
    text = value.string().rstrip("/")
    if text.startswith("/") or "\\" in text or any(part in {"", ".", ".."} for part in text.split("/")):
        raise value.wrong(f"{text!r} is no path beside the specification", "write train.py or lib/features.py")
    return text


def _function(value: Value) -> str:
    match = _FUNCTION.fullmatch(value.string())
    if match is None or any(part in {"", ".", ".."} for part in match["file"].split("/")):
        raise value.wrong(f"{value.text!r} names no function", 'write "train.py:main"')
    return value.string()


def _requirements(value: Value) -> tuple[str, ...]:
    found: list[str] = []
    for item in value.items():
        line = item.string().strip()
        if not line or line.startswith(("-", "#")) or "\n" in line:
            raise item.wrong(f"{line!r} is no requirement", "write one package per entry, such as pandas==2.2")
        found.append(line)
    return tuple(sorted(set(found)))
