"""The values of a method's flags."""

import os
from pathlib import Path
from typing import Any

import pytest

from rtmcli.catalogue.v3_0 import API
from rtmcli.cli.calls.flag_values import file_flags, read_flag_values
from rtmcli.cli.io import stderr, stdin
from rtmcli.errors import UsageError

SEND_EVENT = API.methods["send_event"]
TEXT, TEXT_FILE, PROPERTIES = "p_event__text", "p_event__text_file", "p_event__properties"


def error_of(**options: Any) -> str:
    """Return why the values cannot be read."""
    with pytest.raises(UsageError) as caught:
        read_flag_values(SEND_EVENT, options)
    return caught.value.message


def test_only_flags_that_are_given_have_values(tmp_path: Path) -> None:
    """A JSON value may come from a file."""
    path = tmp_path / "value"
    path.write_text("{}")
    options = {TEXT: "", PROPERTIES: f"@{path}", "p_event__recipients": None, "quiet": True}
    assert read_flag_values(SEND_EVENT, options) == {"event.text": "", "event.properties": "{}"}
    [elements] = [param for param in SEND_EVENT.params if param.path == "event.elements"]
    assert elements.type.is_array
    found = read_flag_values(SEND_EVENT, {"p_event__elements": [f"@{path}", "[]"]})
    assert found == {"event.elements": ["{}", "[]"]}
    assert read_flag_values(SEND_EVENT, {"p_event__elements": []}) == {}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a", "a"),
        (b"a\n", "a"),
        (b"a\r\n", "a"),
        (b"a\n\n", "a\n"),
        (b"a\r", "a\r"),
        ("\ufeff\u00e9 @x\nb".encode(), "\u00e9 @x\nb"),
    ],
)
def test_a_text_can_come_from_a_file(data: bytes, text: str, tmp_path: Path) -> None:
    """Without a byte order mark and one final line end."""
    path = tmp_path / "text"
    path.write_bytes(data)
    assert read_flag_values(SEND_EVENT, {TEXT_FILE: str(path)}) == {"event.text": text}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "text is empty, so there is no text to send"),
        (b"\xef\xbb\xbf\r\n", "text is empty, so there is no text to send"),
        (b"a\xff", "text is not UTF-8: byte 2"),
        ("a".encode("utf-16"), "text: it is UTF-16; convert it to UTF-8"),
        ("ab".encode("utf-16-le"), "text: it is UTF-16; convert it to UTF-8"),
        (None, "text: no such file or directory"),
    ],
)
def test_a_file_that_is_not_a_text_is_refused(
    data: bytes | None, message: str, tmp_path: Path
) -> None:
    """The error names the file. An empty one is what a failed command leaves in a pipe."""
    path = tmp_path / "text"
    if data is not None:
        path.write_bytes(data)
    assert message in error_of(**{TEXT_FILE: str(path)})


def test_standard_input_can_be_a_text_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read for the text is not there for another value."""
    reader, writer = os.pipe()
    os.write(writer, b"hi\n")
    os.close(writer)
    monkeypatch.setattr(stdin, "STDIN", reader)
    assert read_flag_values(SEND_EVENT, {TEXT_FILE: "-"}) == {"event.text": "hi"}
    message = "standard input cannot be both the text and a value (@-)"
    assert error_of(**{PROPERTIES: "@-"}) == message
    os.close(reader)


def test_a_text_has_one_source() -> None:
    """The flag or the file; methods without a text have no such flag."""
    message = "--text and --text-file set the same text; give one of them"
    assert error_of(**{TEXT: "a", TEXT_FILE: "/nowhere"}) == message
    assert file_flags(SEND_EVENT) == [(TEXT_FILE, "--text-file")]
    assert file_flags(API.methods["ban_customer"]) == []


@pytest.mark.parametrize("quiet", [False, True])
def test_a_text_that_names_a_file_gets_a_warning(
    quiet: bool, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It is sent as it is; there is none for other texts, and with --quiet."""
    path = tmp_path / "text"
    path.write_text("hi")
    stderr.be_quiet(on=quiet)
    for text in (f"@{path}", f"@{path}.no", "@", "@-", f"@{tmp_path}", "@\0"):
        assert read_flag_values(SEND_EVENT, {TEXT: text}) == {"event.text": text}
    warning = (
        f"rtm: send_event: warning: --text sends the characters @{path}; "
        "use --text-file to send what is in the file\n"
    )
    assert capfd.readouterr().err == ("" if quiet else warning)
