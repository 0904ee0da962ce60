"""The recording of a terminal in the README is up to date."""

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from support.process import TIMEOUT, require_program

CI_DIR = Path(__file__).parent.parent / ".ci"
RECORDING = CI_DIR / "terminal.svg"


def svg_text_lines(svg: str) -> list[str]:
    """Return the lines of text of an image; their colors depend on the version of jq."""
    elements = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return ["".join(text.itertext()) for text in elements]


def test_the_recording_is_up_to_date() -> None:
    """Run .ci/regenerate if this fails."""
    require_program("jq")
    result = subprocess.run(
        [sys.executable, str(CI_DIR / "record.py")],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=True,
    )
    assert svg_text_lines(result.stdout) == svg_text_lines(RECORDING.read_text())


def test_the_image_is_well_formed_and_self_contained() -> None:
    """Its text fits in 80 columns, it loops, and it loads no external resources."""
    lines = svg_text_lines(RECORDING.read_text())
    assert lines[0].startswith("$ rtm ")
    assert max(map(len, lines)) <= 80
    assert any("incoming_event" in line for line in lines)
    svg = RECORDING.read_text()
    assert " infinite}" in svg
    assert svg.count("http") == 1  # the XML namespace
