"""The table of requirements agrees with the docstrings of the tests."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from support.requirements import REQUIREMENTS

TESTS_DIR = Path(__file__).parent.parent
# Written by hand; the missing numbers are unused.
REQUIREMENT_IDS = (
    "T01 T02 T04 T05 T06 T07 T08 T09 T10 T11 T13 T15 T17 T18 T19 T21 T22 T23 T24 T25 T26 T28 T29"
    " T30 T32 T33 T34 T35 T36 T38 T40 T41 T42 T43 T44 T45 T48 T49 T50 T51 T52 T55 T56 T57 T58"
    " T60 T61 T62 T64 T65 T67 T68 T70 T72 T73 T74 T75 T76 T78 T79 T82 T83 T84 T85 T87 T89 T90"
    " T91 T92 T93 T94 T95 T96 T97 T99 T100 T102 T103 T104 T105 T106 T107 T108 T109 T110"
    " T111 T112 T113 T114 T115 T116 T117 T118 T119 T120 T122 T123 T124 T125 T126 T127 T128"
    " T129 T130 T131 T132 T133 T134 T135 T136 T137 T138 T139 T140 T141 T142 T143 T144 T145"
    " T146 T147 T148 T149 T150"
)


class Reference(NamedTuple):
    """A test that names a requirement in its docstring."""

    requirement: str
    test: str
    is_slow: bool


def docstring_references() -> Iterator[Reference]:
    """Read the ids in the tests' docstrings; a test with some slow cases is both fast and slow."""
    for path in sorted(TESTS_DIR.rglob("test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or not node.name.startswith("test_"):
                continue
            rows = re.findall(r"\bT\d{2,3}\b", ast.get_docstring(node) or "")
            marks = [ast.unparse(each) for each in node.decorator_list] if rows else []
            test = f"{path.relative_to(TESTS_DIR)}::{node.name}"
            for row in rows:
                if any("mark.slow" in mark for mark in marks):
                    yield Reference(row, test, is_slow=True)
                if "pytest.mark.slow" not in marks:
                    yield Reference(row, test, is_slow=False)


def test_every_requirement_appears_once() -> None:
    """The ids are in order and the descriptions are distinct."""
    assert [row.id for row in REQUIREMENTS] == REQUIREMENT_IDS.split()
    assert len({row.description for row in REQUIREMENTS}) == len(REQUIREMENTS)


def test_every_requirement_has_a_fast_test() -> None:
    """Every test run checks every requirement, if only at a small scale."""
    assert [row.id for row in REQUIREMENTS if not row.fast_tests] == []


def test_the_table_agrees_with_the_docstrings() -> None:
    """Each test in the table exists and names its requirement, and the other way round.

    The slow tests of the table are exactly those with the marker `slow`.
    """
    listed = {
        Reference(row.id, test, is_slow=False) for row in REQUIREMENTS for test in row.fast_tests
    }
    listed |= {
        Reference(row.id, test, is_slow=True) for row in REQUIREMENTS for test in row.slow_tests
    }
    found = set(docstring_references())
    assert sorted(found - listed) == []
    assert sorted(listed - found) == []
