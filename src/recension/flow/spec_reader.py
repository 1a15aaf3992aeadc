"""Reading a pipeline specification: strict, and every complaint names file, line and field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from recension.errors import Invalid
from recension.flow.document import Plain, Value, read_document
from recension.flow.input_reader import read_input
from recension.flow.spec import DEFAULT_TRIES, MAIN, Spec, Transform
from recension.ids import DEFAULT_WORKSPACE, MAX_NAME, check_name

_HERE: Final = "this version runs commands and Python functions whose output is a repo"
_REFUSED: Final = {
    "egress": "read the output repo, or write a pipeline that uploads",
    "service": _HERE,
    "spout": "commit to a repo from any client",
    "s3_out": _HERE,
    "tf_job": _HERE,
    "determined": _HERE,
    "sidecar_resource_limits": "steps have no sidecar",
    "datum_batching": "each datum runs its command once",
    "secrets": "this version hands no secrets to steps",
    "coefficient": "write constant",
}
_IGNORED: Final = frozenset(
    [
        "autoscaling",
        "cache_size",
        "chunk_spec",
        "datum_set_spec",
        "enable_stats",
        "hashtree_spec",
        "max_queue_size",
        "maximum_expected_uptime",
        "pod_patch",
        "pod_spec",
        "reprocess",
        "resource_limits",
        "resource_requests",
        "scheduling_spec",
        "standby",
        "sidecar_resource_requests",
        "tolerations",
        "update",
    ]
)
_TOP: Final = frozenset(
    [
        "pipeline",
        "description",
        "metadata",
        "transform",
        "parallelism_spec",
        "input",
        "output_branch",
        "datum_tries",
        "datum_timeout",
        "job_timeout",
        "reprocess_spec",
        "salt",
        "parameters",
    ]
)
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
_TOP_REFUSED: Final = {name: _REFUSED[name] for name in _REFUSED if name not in {"datum_batching", "secrets"}}
_TRANSFORM_REFUSED: Final = {name: _REFUSED[name] for name in ("datum_batching", "secrets")}
_DURATION: Final = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_FUNCTION: Final = re.compile(r"(?P<file>[\w./-]+\.py):(?P<name>[A-Za-z_]\w*)")
_TAKEN_FOLDERS: Final = frozenset({"/", "/pfs", "/proc", "/dev", "/sys", "/usr", "/bin", "/lib", "/etc", "/tmp"})  # noqa: S108


def read_spec(text: bytes, *, file: str = "pipeline.yaml") -> Spec:
    """Read a pipeline specification in YAML or JSON.

    Raises:
        Invalid: the document breaks a rule; the message is one line with file, line, field and what is allowed.
    """
    document = read_document(text, file=file)
    top = document.fields(_TOP | _IGNORED, _TOP_REFUSED)
    for needed in ("pipeline", "transform", "input"):
        if needed not in top:
            raise document.wrong(f"field {needed!r} is missing")
    name, workspace = _identity(top["pipeline"])
    notes = [f"{field!r} is ignored: it steers Kubernetes" for field in sorted(_IGNORED & top.keys())]
    transform = _transform(top["transform"], notes)
    return Spec(
        name=name,
        workspace=workspace,
        transform=transform,
        input=read_input(top["input"], workspace, notes),
        description=_text(top, "description"),
        metadata=_object(top, "metadata"),
        parallelism=_parallelism(top["parallelism_spec"], notes) if "parallelism_spec" in top else None,
        output_branch=_branch(top["output_branch"]) if "output_branch" in top else MAIN,
        datum_tries=top["datum_tries"].integer(least=1) if "datum_tries" in top else DEFAULT_TRIES,
        datum_timeout_s=_duration(top["datum_timeout"]) if "datum_timeout" in top else None,
        job_timeout_s=_duration(top["job_timeout"]) if "job_timeout" in top else None,
        every_job="reprocess_spec" in top and _every_job(top["reprocess_spec"]),
        salt=_text(top, "salt"),
        parameters=_object(top, "parameters"),
        notes=tuple(notes),
    )


def _identity(value: Value) -> tuple[str, str]:
    fields = value.fields({"name", "project"})
    if "name" not in fields:
        raise value.wrong("field 'name' is missing")
    workspace = DEFAULT_WORKSPACE
    if "project" in fields:
        project = fields["project"]
        workspace = named(project, "workspace") if isinstance(project.data, str) else _project(project)
    return named(fields["name"], "pipeline"), workspace


def _project(value: Value) -> str:
    fields = value.fields({"name"})
    return named(fields["name"], "workspace") if "name" in fields else DEFAULT_WORKSPACE


def named(value: Value, kind: str) -> str:
    """A text that may name a ``kind``; the hint offers a spelling that would do."""
    text = value.string()
    try:
        return check_name(kind, text)
    except Invalid as error:
        usable = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:MAX_NAME].strip("-")
        raise value.wrong(error.message, f"for example {usable}" if usable else error.hint) from None


def _branch(value: Value) -> str:
    return named(value, "branch")


def _text(fields: Mapping[str, Value], name: str) -> str:
    return fields[name].string() if name in fields else ""


def _object(fields: Mapping[str, Value], name: str) -> Mapping[str, Plain]:
    if name not in fields:
        return {}
    fields[name].mapping()
    plain = fields[name].plain()
    assert isinstance(plain, dict)
    return plain


def _parallelism(value: Value, notes: list[str]) -> int | None:
    fields = value.fields({"constant", "coefficient"})
    if "coefficient" in fields:
        notes.append("'parallelism_spec.coefficient' is ignored: the engine's slots set the parallelism")
    return fields["constant"].integer(least=1) if "constant" in fields else None


def _every_job(value: Value) -> bool:
    text = value.string()
    if text not in {"every_job", "until_success"}:
        raise value.wrong(f"unknown policy {text!r}", "write until_success or every_job")
    return text == "every_job"


def _duration(value: Value) -> float:
    if isinstance(value.data, (int, float)) and not isinstance(value.data, bool) and value.data > 0:
        return float(value.data)
    match = _DURATION.fullmatch(value.string())
    if match is None or not any(match.groups()):
        raise value.wrong(f"{value.text!r} is no duration", "write 90s, 5m or 1h30m")
    hours, minutes, seconds, millis = (float(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds + millis / 1000
    if total <= 0:
        raise value.wrong("the duration has to be over zero")
    return total


def _transform(value: Value, notes: list[str]) -> Transform:
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
