"""Frozen rows: a tuple with names, as `collections.namedtuple` makes it."""

import copy
import pickle
from collections import namedtuple
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rtmcli.row import Row


class Place(Row):
    """A row with a default and without."""

    city: str
    country: str = "PL"
    people: int = 0

    @property
    def title(self) -> str:
        """Say both names."""
        return f"{self.city}, {self.country}"


Model = namedtuple("Model", ["city", "country", "people"], defaults=["PL", 0])  # noqa: PYI024  # types are not its point

arguments = st.tuples(
    st.lists(st.integers(), max_size=4),
    st.dictionaries(st.sampled_from([*Model._fields, "mayor"]), st.integers()),
)


def made(kind: Any, values: list[int], named: dict[str, int]) -> Any:
    """Make a row; return why that is not possible."""
    try:
        return kind(*values, **named)
    except TypeError:
        return TypeError


@given(arguments)
@example(([], {"people": 1}))
@example(([1, 2, 3], {"city": 1}))
def test_a_row_takes_the_arguments_that_a_namedtuple_takes(
    given_: tuple[list[int], dict[str, int]],
) -> None:
    """The same values in the same places, and TypeError for the same calls."""
    assert made(Place, *given_) == made(Model, *given_)


def test_a_row_is_read_by_name_by_place_and_by_pattern() -> None:
    """All ways to read it tell the same."""
    row = Place("Wroclaw", people=7)
    match row:
        case Place(city, country, people=people):
            assert (city, country, people) == (row.city, row.country, row.people) == tuple(row)
        case _:
            pytest.fail("no match")
    assert row.title == "Wroclaw, PL"
    assert row._asdict() == {"city": "Wroclaw", "country": "PL", "people": 7}


def test_a_row_is_shown_as_it_would_be_written() -> None:
    """Whoever debugs sees names and values."""
    assert repr(Place("Wroclaw")) == "Place(city='Wroclaw', country='PL', people=0)"


def test_a_row_never_changes() -> None:
    """A value can be replaced in a new row only, and no place can be added."""
    row = Place("Wroclaw")
    for name in ("city", "mayor"):
        with pytest.raises(AttributeError):
            setattr(row, name, "Gdansk")
    assert row._replace(city="Gdansk") == Place("Gdansk")
    assert row == Place("Wroclaw")
    with pytest.raises(TypeError, match="Place has no place for mayor"):
        row._replace(mayor="x")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    "duplicate", [copy.copy, copy.deepcopy, lambda row: pickle.loads(pickle.dumps(row))]
)
def test_a_copy_of_a_row_is_the_same_row(duplicate: Any) -> None:
    """Its type and its values survive."""
    row = Place("Wroclaw", people=7)
    assert duplicate(row) == row
    assert type(duplicate(row)) is Place


def test_what_is_missing_is_named() -> None:
    """Whoever writes a row sees what it lacks."""
    with pytest.raises(TypeError, match="Place wants city, country, people"):
        Place()  # type: ignore[call-arg]
