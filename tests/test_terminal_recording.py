"""The recorded terminal is what a terminal shows today."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from support.process import TIMEOUT, require_program

CI_DIR = Path(__file__).parent.parent / ".ci"
RECORDING = CI_DIR / "terminal.svg"


def svg_text_lines(svg: str) -> list[str]:
    """Return the lines of text in a picture; versions of jq differ in their colours."""
    elements = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in elements]


def test_the_recording_is_what_the_commands_show() -> None:
    """Else .ci/regenerate records it anew."""
    require_program("jq")
    result = subprocess.run(
        [sys.executable, str(CI_DIR / "record.py")],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )
    assert svg_text_lines(result.stdout) == svg_text_lines(RECORDING.read_text())


def test_the_picture_is_sound_and_asks_nothing_of_others() -> None:
    """Well-formed, with text of 80 columns, and nothing loaded from elsewhere."""
    lines = svg_text_lines(RECORDING.read_text())
    assert lines[0].startswith("$ rtm ")
    assert max(map(len, lines)) <= 80
    assert RECORDING.read_text().count("http") == 1  # the name of SVG itself
