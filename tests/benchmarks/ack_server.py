"""A fast RTM server that responds with success to everything, to benchmark clients.

It prints its URL, and serves each connection in a separate thread.
"""

import base64
import hashlib
import re
import socket
import threading

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING = 1, 8, 9
_REQUEST_ID = re.compile(rb'"request_id":"([^"]*)"')
_RESPONSE = (
    b'{"request_id":"%b","action":"ban_customer","type":"response","success":true,"payload":{}}'
)
_HANDSHAKE = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: %b\r\n\r\n"
)


def main() -> None:
    """Serve until killed."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"ws://127.0.0.1:{listener.getsockname()[1]}/", flush=True)
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()


def serve(client: socket.socket) -> None:
    """Serve one client until it disconnects."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(65536)
    head, data = data.split(b"\r\n\r\n", 1)
    match = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)
    assert match
    accept = base64.b64encode(hashlib.sha1(match[1] + _GUID).digest())
    client.sendall(_HANDSHAKE % accept)
    while True:
        responses, data, is_closed = respond_to_frames(data)
        if responses:
            client.sendall(responses)
        chunk = b"" if is_closed else client.recv(65536)
        if not chunk:
            client.close()
            return
        data += chunk


def respond_to_frames(data: bytes) -> tuple[bytes, bytes, bool]:
    """Process the complete frames; return the responses, the remaining data, whether it closed."""
    responses, position = [], 0
    while len(data) - position >= 6:
        opcode, size, start = data[position] & 15, data[position + 1] & 127, position + 2
        if size == 126:
            size, start = int.from_bytes(data[position + 2 : position + 4]), position + 4
        end = start + 4 + size
        if end > len(data):
            break
        body = unmask(data[start + 4 : end], data[start : start + 4])
        if opcode == _TEXT:
            match = _REQUEST_ID.search(body)
            assert match
            responses.append(encode_frame(_TEXT, _RESPONSE % match[1]))
        elif opcode == _PING:
            responses.append(encode_frame(10, body))
        elif opcode == _CLOSE:
            return b"".join([*responses, encode_frame(_CLOSE, body)]), b"", True
        position = end
    return b"".join(responses), data[position:], False


def unmask(data: bytes, mask: bytes) -> bytes:
    """Unmask a payload."""
    repeated_mask = (mask * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data) ^ int.from_bytes(repeated_mask)).to_bytes(len(data))


def encode_frame(opcode: int, body: bytes) -> bytes:
    """Encode a frame."""
    if len(body) < 126:
        return bytes((0x80 | opcode, len(body))) + body
    return bytes((0x80 | opcode, 126)) + len(body).to_bytes(2) + body


if __name__ == "__main__":
    main()
