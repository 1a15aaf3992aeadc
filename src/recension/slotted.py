"""Classes with slots and named fields, made in a fifth of the time that ``dataclasses`` takes for them.

A command makes dozens of classes before it does anything. ``dataclasses`` compiles six functions for each, and loads
half of the interpreter's own tools to do it: a quarter of the start of a command. What is made here has the same
constructor, equality and ``repr``, and type checkers know it; rooms that no command waits for keep ``dataclasses``.

Example:
    >>> @frozen
    ... class Point:
    ...     x: int
    ...     y: int = 0
    >>> Point(1)
    Point(x=1, y=0)
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, ClassVar, Final, NamedTuple, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")

_MISSING: Final[Any] = object()


class _Field(NamedTuple):
    default: Any = _MISSING
    default_factory: Callable[[], Any] | None = None
    compare: bool = True


def field(*, default: Any = _MISSING, default_factory: Callable[[], Any] | None = None, compare: bool = True) -> Any:
    """A field with more to it than its type: a default made anew each time, or no part in equality."""
    return _Field(default, default_factory, compare)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """The class with a constructor for its annotated fields; its objects are equal by value and never change."""
    return _made(cls, _Frozen)


@dataclass_transform(field_specifiers=(field,))
def slotted(cls: type[T]) -> type[T]:
    """Like :func:`frozen`, for objects that change; they have no hash."""
    return _made(cls, _Slotted)


def replace(value: T, /, **fields: Any) -> T:
    """A copy with some fields changed."""
    names: tuple[str, ...] = getattr(value, "__match_args__", ())
    return type(value)(**{name: getattr(value, name) for name in names} | fields)


class _Slotted:
    """What all of these classes do alike."""

    __slots__ = ()
    __hash__: ClassVar[Any] = None
    __match_args__: ClassVar[tuple[str, ...]] = ()
    _fields: ClassVar[dict[str, _Field]] = {}
    compared: ClassVar[Callable[[Any], Any]]

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        values = type(self).compared
        return bool(values(self) == values(other))

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({said})"

    def __reduce__(self) -> tuple[type, tuple[Any, ...]]:
        return type(self), tuple(getattr(self, name) for name in self.__match_args__)


class _Frozen(_Slotted):
    """What the frozen ones do beyond that."""

    __slots__ = ()

    def __hash__(self) -> int:
        values = type(self).compared
        return hash(values(self))

    def __setattr__(self, name: str, _: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be deleted")


def _made(cls: type[T], base: type[_Slotted]) -> type[T]:
    own = {name: _field(vars(cls).get(name, _MISSING)) for name in vars(cls).get("__annotations__", {})}
    fields = {**getattr(cls, "_fields", {}), **own}
    body = {name: value for name, value in vars(cls).items() if name not in {*own, "__dict__", "__weakref__"}}
    body |= {"__slots__": tuple(own), "__match_args__": tuple(fields), "__qualname__": cls.__qualname__}
    body |= {"_fields": fields, "compared": attrgetter(*(name for name, each in fields.items() if each.compare))}
    bases = (base,) if cls.__bases__ == (object,) else cls.__bases__
    made: Any = type(cls.__name__, bases, body)
    made.__init__ = _constructor(made, fields)
    return made  # type: ignore[no-any-return]


def _field(value: Any) -> _Field:
    return value if isinstance(value, _Field) else _Field(value)


def _constructor(cls: Any, fields: dict[str, _Field]) -> Callable[..., None]:
    """``__init__``, which fills the slots directly."""
    names: dict[str, Any] = {"missing": _MISSING}
    taken, lines = ["self"], ["pass"]
    for name, (default, factory, _) in fields.items():
        names[f"set_{name}"] = getattr(cls, name).__set__
        names[f"default_{name}"], names[f"make_{name}"] = default, factory
        optional = default is not _MISSING or factory is not None
        taken.append(f"{name}=default_{name}" if optional else name)
        value = name if factory is None else f"make_{name}() if {name} is missing else {name}"
        lines.append(f"set_{name}(self, {value})")
    text = f"def __init__({', '.join(taken)}):\n    " + "\n    ".join(lines)
    exec(text, names)  # noqa: S102  of names that stand in our own source
    made: Callable[..., None] = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made
