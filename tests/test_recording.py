"""The recorded terminal is what a terminal shows today."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from running import PATIENCE, program

FOLDER = Path(__file__).parent.parent / ".ci"
KEPT = FOLDER / "terminal.svg"


def texts(picture: str) -> list[str]:
    """Return the lines of text in a picture; versions of jq differ in their colours."""
    found = ET.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in found]


def test_the_recording_is_what_the_commands_show() -> None:
    """Else .ci/regenerate records it anew."""
    program("jq")
    done = subprocess.run(
        [sys.executable, str(FOLDER / "record.py")],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=True,
    )
    assert texts(done.stdout) == texts(KEPT.read_text())


def test_the_picture_is_sound_and_asks_nothing_of_others() -> None:
    """Well-formed, with text of 80 columns, and nothing loaded from elsewhere."""
    lines = texts(KEPT.read_text())
    assert lines[0].startswith("$ rtm ")
    assert max(map(len, lines)) <= 80
    assert KEPT.read_text().count("http") == 1  # the name of SVG itself
