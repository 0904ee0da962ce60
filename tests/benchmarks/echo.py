"""An RTM server that says yes to everything, as fast as Python can: for measuring clients.

It prints its address, and serves one connection after another in threads of their own.
"""

import base64
import hashlib
import re
import socket
import threading

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING = 1, 8, 9
_ID = re.compile(rb'"request_id":"([^"]*)"')
_ANSWER = (
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
    """Answer one client until it leaves."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(65536)
    head, data = data.split(b"\r\n\r\n", 1)
    found = re.search(rb"(?i)sec-websocket-key: *(\S+)", head)
    assert found
    accept = base64.b64encode(hashlib.sha1(found[1] + _GUID).digest())
    client.sendall(_HANDSHAKE % accept)
    while True:
        answers, data, is_over = answered(data)
        if answers:
            client.sendall(answers)
        piece = b"" if is_over else client.recv(65536)
        if not piece:
            client.close()
            return
        data += piece


def answered(data: bytes) -> tuple[bytes, bytes, bool]:
    """Answer all whole frames; return the answers, what is left, and whether it was the end."""
    answers, at = [], 0
    while len(data) - at >= 6:
        opcode, size, start = data[at] & 15, data[at + 1] & 127, at + 2
        if size == 126:
            size, start = int.from_bytes(data[at + 2 : at + 4]), at + 4
        end = start + 4 + size
        if end > len(data):
            break
        body = unmasked(data[start + 4 : end], data[start : start + 4])
        if opcode == _TEXT:
            found = _ID.search(body)
            assert found
            answers.append(frame(_TEXT, _ANSWER % found[1]))
        elif opcode == _PING:
            answers.append(frame(10, body))
        elif opcode == _CLOSE:
            return b"".join([*answers, frame(_CLOSE, body)]), b"", True
        at = end
    return b"".join(answers), data[at:], False


def unmasked(data: bytes, mask: bytes) -> bytes:
    """Take the mask off."""
    whole = (mask * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data) ^ int.from_bytes(whole)).to_bytes(len(data))


def frame(opcode: int, body: bytes) -> bytes:
    """Write a frame."""
    if len(body) < 126:
        return bytes((0x80 | opcode, len(body))) + body
    return bytes((0x80 | opcode, 126)) + len(body).to_bytes(2) + body


if __name__ == "__main__":
    main()
