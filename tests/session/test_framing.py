"""Frames of a client: the library's server reads what we write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame
from websockets.protocol import State
from websockets.server import ServerProtocol

from rtmcli.session.framing import CLOSE, PING, TEXT, frame, goodbye


def read(data: bytes) -> Frame:
    """Read one frame as a server."""
    server = ServerProtocol(state=State.OPEN, max_size=None)
    server.receive_data(data)
    [event] = server.events_received()
    assert server.parser_exc is None
    assert isinstance(event, Frame)
    return event


@given(st.text())
def test_a_text_arrives(text: str) -> None:
    """Whatever the text, it is one final text frame."""
    received = read(frame(TEXT, text.encode()))
    assert (received.opcode, received.fin, received.data) == (TEXT, True, text.encode())


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_003])
def test_a_length_takes_the_bytes_that_it_needs(size: int) -> None:
    """On both sides of every limit."""
    payload = b"abcdefg" * (size // 7 + 1)
    assert read(frame(TEXT, payload[:size])).data == payload[:size]


def test_every_frame_has_a_mask_of_its_own() -> None:
    """RFC 6455, 5.3: nobody can foretell what goes over the wire."""
    frames = {frame(TEXT, b"{}") for _ in range(20)}
    assert len(frames) == 20
    assert all(each[1] & 0x80 for each in frames)


def test_a_goodbye_carries_its_code() -> None:
    """A close frame begins with the code; a ping is empty."""
    assert (read(goodbye(1000)).opcode, read(goodbye(1000)).data) == (CLOSE, b"\x03\xe8")
    assert (read(frame(PING, b"")).opcode, read(frame(PING, b"")).data) == (PING, b"")
