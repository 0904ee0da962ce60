"""Serve a flood of pushes as fast as the client reads, for the benchmark of listening.

    python tests/benchmarks/push_server.py COUNT SIZE

Prints the URL. Each client sends one message, which gets the response of a login, and receives
COUNT pushes with texts of SIZE characters and a close frame. Then the server prints the seconds
from the first push to the client's close frame.
"""

import base64
import hashlib
import json
import re
import socket
import sys
import time


def main() -> None:
    """Serve one connection after the other."""
    count, size = map(int, sys.argv[1:])
    pushes = b"".join(text_frame(make_push(number, size)) for number in range(1, count + 1))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(f"ws://127.0.0.1:{listener.getsockname()[1]}/v3.0/agent/rtm/ws", flush=True)
        while True:
            client, _ = listener.accept()
            with client:
                request_id = accept_client(client)
                login = {"request_id": request_id, "action": "login", "type": "response"}
                response = {**login, "success": True, "payload": {}}
                client.sendall(text_frame(json.dumps(response).encode()))
                started = time.perf_counter()
                try:
                    client.sendall(pushes)
                    client.sendall(b"\x88\x02\x03\xe8")
                    while client.recv(1 << 16)[:1] not in (
                        b"\x88",
                        b"",
                    ):  # until a close frame or EOF
                        pass
                except OSError:
                    pass
                print(time.perf_counter() - started, flush=True)


def accept_client(client: socket.socket) -> str:
    """Perform the handshake and read one message; return its request_id."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += client.recv(1 << 16)
    match = re.search(rb"Sec-WebSocket-Key: (\S+)", head, re.IGNORECASE)
    assert match
    key = match[1] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = base64.b64encode(hashlib.sha1(key, usedforsecurity=False).digest())
    client.sendall(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )
    frame = client.recv(1 << 16)
    start = 4 if frame[1] & 127 == 126 else 2  # the length in two bytes
    mask, masked = frame[start : start + 4], frame[start + 4 :]
    message = bytes(byte ^ mask[index % 4] for index, byte in enumerate(masked))
    return str(json.loads(message).get("request_id", ""))


def make_push(number: int, size: int) -> bytes:
    """Return a push like those of the service."""
    event = {
        "id": f"Q20N9CKRX2_{number}",
        "created_at": "2019-12-17T07:57:41.512000Z",
        "recipients": "all",
        "type": "message",
        "text": "x" * size,
        "author_id": "b7eff798-f8df-4364-8059-649c35c9ed0c",
    }
    payload = {"chat_id": "PJ0MRSHTDG", "thread_id": "K600PKZON8", "event": event}
    message = {"action": "incoming_event", "type": "push", "payload": payload}
    return json.dumps(message, separators=(",", ":")).encode()


def text_frame(text: bytes) -> bytes:
    """Encode a text frame."""
    size = len(text)
    if size < 126:  # RFC 6455, 5.2
        return bytes([0x81, size]) + text
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2) + text
    return b"\x81\x7f" + size.to_bytes(8) + text


if __name__ == "__main__":
    main()
