"""The library `websockets` decodes the encoded frames, as client and as server."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame
from websockets.protocol import Protocol, State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from rtmcli.websocket.frames import CLOSE, TEXT, encode

MASKING_KEY = b"\x01\x02\xfd\xfe"


def parse_frame(data: bytes, protocol: Protocol | None = None) -> Frame:
    """Decode one frame, by default as a server."""
    protocol = protocol or ServerProtocol(state=State.OPEN, max_size=None)
    protocol.receive_data(data)
    [event] = protocol.events_received()
    assert protocol.parser_exc is None
    assert isinstance(event, Frame)
    return event


@given(st.text(), st.binary(min_size=4, max_size=4))
def test_a_server_decodes_masked_frames(text: str, key: bytes) -> None:
    """For any text and masking key, it is one final text frame."""
    received = parse_frame(encode(TEXT, text.encode(), key))
    assert (received.opcode, received.fin, received.data) == (TEXT, True, text.encode())


def test_a_client_decodes_unmasked_frames() -> None:
    """Without a masking key, it is a frame of a server."""
    client = ClientProtocol(parse_uri("ws://x/"), state=State.OPEN)
    assert parse_frame(encode(CLOSE, b"\x03\xe8"), client).data == b"\x03\xe8"


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 1_000_003])
def test_the_length_is_encoded_in_one_two_or_eight_bytes(size: int) -> None:
    """On both sides of each limit."""
    payload = b"abcdefg" * (size // 7 + 1)
    assert parse_frame(encode(TEXT, payload[:size], MASKING_KEY)).data == payload[:size]
