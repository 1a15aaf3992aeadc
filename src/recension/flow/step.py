"""The decorator that marks a Python function as a pipeline's step.

This module needs nothing but the standard library: a step's environment need not have Recension installed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

_F = TypeVar("_F", bound=Callable[..., object])
MARK: Final = "__recension_pipeline__"


def pipeline(
    *,
    name: str,
    input: Mapping[str, Any],  # noqa: A002  the specification calls it so
    requirements: Sequence[str] | None = None,
    files: Sequence[str] = (),
    env: Mapping[str, str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    **fields: Any,
) -> Callable[[_F], _F]:
    """Mark ``f(inputs: dict[str, Path], out: Path, **parameters)`` as the step of a pipeline.

    The function stays callable as it is, so it can be tested like any other. Arguments are written as literals or
    names of module-level literals: they are read without running the module. ``fields`` are further fields of the
    specification, such as ``description`` or ``datum_tries``.

    Example:
        >>> @pipeline(name="lengths", input={"pfs": {"repo": "texts", "glob": "/*"}})
        ... def lengths(inputs, out):
        ...     for file in inputs["texts"].iterdir():
        ...         (out / file.name).write_text(str(len(file.read_text())))
    """
    settings = {
        "name": name,
        "input": input,
        "requirements": requirements,
        "files": files,
        "env": env,
        "parameters": parameters,
        **fields,
    }

    def mark(function: _F) -> _F:
        setattr(function, MARK, settings)
        return function

    return mark
