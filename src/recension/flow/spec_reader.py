"""Reading a pipeline specification: strict, and every complaint names file, line and field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from recension.errors import Invalid
from recension.flow.document import Plain, Value, read_document
from recension.flow.input_reader import read_input
from recension.flow.spec import DEFAULT_TRIES, MAIN, Spec
from recension.flow.transform_reader import read_transform
from recension.ids import DEFAULT_WORKSPACE, MAX_NAME, check_name

_HERE: Final = "this version runs commands and Python functions whose output is a repo"
_REFUSED: Final = {
    "egress": "read the output repo, or write a pipeline that uploads",
    "service": _HERE,
    "spout": "commit to a repo from any client",
    "s3_out": _HERE,
    "tf_job": _HERE,
    "determined": _HERE,
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
        "sidecar_resource_limits",
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
_DURATION: Final = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")


def read_spec(text: bytes, *, file: str = "pipeline.yaml") -> Spec:
    """Read a pipeline specification in YAML or JSON.

    Raises:
        Invalid: the document breaks a rule; the message is one line with file, line, field and what is allowed.
    """
    document = read_document(text, file=file)
    top = document.fields(_TOP | _IGNORED, _REFUSED)
    for needed in ("pipeline", "transform", "input"):
        if needed not in top:
            raise document.wrong(f"field {needed!r} is missing")
    name, workspace = _identity(top["pipeline"])
    notes = [f"{field!r} is ignored: it steers Kubernetes" for field in sorted(_IGNORED & top.keys())]
    transform = read_transform(top["transform"], notes)
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
