"""Frozen rows, as `typing.NamedTuple` makes them, in a sixth of its time.

A call loads some thirty of them, and making their classes was a twentieth of what it takes.
For whoever checks types a row is a NamedTuple, with all its rules; what those forbid, and what
nobody here needs (heirs of a row, `_make`), is not looked at when it runs.
"""

from operator import itemgetter
from typing import TYPE_CHECKING, Any, Self

__all__ = ["Row"]

_NOTHING: Any = object()  # stands where a place has no default

if TYPE_CHECKING:
    from typing import NamedTuple as Row
else:

    class _Slotless(type):
        """Makes classes whose objects have room for nothing but what they inherit."""

        def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> type:
            return super().__new__(cls, name, bases, {"__slots__": (), **members})

    class Row(tuple, metaclass=_Slotless):
        """A tuple whose places bear the names that its class annotates, in their order."""

        __slots__ = ()

        def __init_subclass__(cls) -> None:
            """Make each annotation a place; what the class assigns to it is its default."""
            cls._fields = cls.__match_args__ = tuple(cls.__annotations__)
            cls._spares = tuple([cls.__dict__.get(name, _NOTHING) for name in cls._fields])
            cls._needed = cls._spares.count(_NOTHING)  # places without a default: the first ones
            for place, name in enumerate(cls._fields):
                setattr(cls, name, property(itemgetter(place)))

        def __new__(cls, /, *values: Any, **named: Any) -> Self:
            """Fill the places in their order, then by name, then with defaults.

            Raises:
                TypeError: a place is left over, or a value is.

            """
            filled, fields = len(values), cls._fields
            if named or filled != len(fields):
                rest = cls._spares[filled:]
                values += tuple(map(named.pop, fields[filled:], rest)) if named else rest
                lacks = _NOTHING in values[: cls._needed]
                if lacks or named or len(values) != len(fields):
                    raise TypeError(f"{cls.__name__} wants {', '.join(fields)}, once each")
            return tuple.__new__(cls, values)

        def __getnewargs__(self) -> tuple[Any, ...]:
            """Copy it like any tuple."""
            return tuple(self)

        def __repr__(self) -> str:
            """Show every place with its name."""
            places = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({places})"

        def _asdict(self) -> dict[str, Any]:
            """Map the names to the values."""
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, /, **named: Any) -> Self:
            """Make a row in which some values differ; raise TypeError for an unknown name."""
            row = tuple.__new__(type(self), map(named.pop, self._fields, self))
            if named:
                raise TypeError(f"{type(self).__name__} has no place for {', '.join(named)}")
            return row
