"""Frozen rows: what `typing.NamedTuple` makes, and made so fast that nearly all modules have some.

A call is over before the thirty classes that it needs were made the usual way.
"""

from operator import itemgetter
from typing import Any, ClassVar, Self, dataclass_transform


class _Slotless(type):
    """Makes classes whose objects have room for nothing but what they inherit."""

    def __new__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any]) -> type:
        return super().__new__(cls, name, bases, {"__slots__": (), **members})


@dataclass_transform(frozen_default=True)
class Row(tuple[Any, ...], metaclass=_Slotless):
    """A tuple whose places bear the names that its class annotates, in their order."""

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]] = ()
    _defaults: ClassVar[dict[str, Any]] = {}

    def __init_subclass__(cls) -> None:
        """Make each annotation a place; what the class assigns to it is its default."""
        cls._fields = tuple(cls.__annotations__)
        setattr(cls, "__match_args__", cls._fields)  # noqa: B010  # mypy sees one of its own
        cls._defaults = {name: vars(cls)[name] for name in cls._fields if name in vars(cls)}
        for place, name in enumerate(cls._fields):
            setattr(cls, name, property(itemgetter(place)))

    def __new__(cls, *values: Any, **named: Any) -> Self:
        """Fill the places in their order, then by name, then with defaults.

        Raises:
            TypeError: a place is left over, or a value is.

        """
        if named or len(values) != len(cls._fields):
            values += cls._rest(cls._fields[len(values) :], named)
        return tuple.__new__(cls, values)

    @classmethod
    def _rest(cls, places: tuple[str, ...], named: dict[str, Any]) -> tuple[Any, ...]:
        defaults = cls._defaults
        try:
            rest = [named.pop(place) if place in named else defaults[place] for place in places]
        except KeyError as error:
            raise TypeError(f"{cls.__name__} lacks {error}") from None
        if named or not places:
            raise TypeError(f"{cls.__name__} has places for {', '.join(cls._fields)}, once each")
        return tuple(rest)

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

    def _replace(self, **named: Any) -> Self:
        """Make a row in which some values differ."""
        return type(self)(**self._asdict() | named)
