"""Measure the speed of the sandbox from another process with a raw client.

    python tests/benchmarks/sandbox.py [REQUESTS]

Prints one JSON line per measurement: successful requests per second on one connection with 8 in
flight, the CPU time of the server and of this client per request (they run on different cores; on a
busy machine only the CPU times are meaningful), the delay of a push to 200 connections, and the
memory growth over a million requests (or REQUESTS) that create nothing.
"""

import base64
import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

WINDOW = 8
LISTENERS = 200
SAMPLE = 20_000
ROUNDS = 100
PING, PING_INTERVAL = b"\x89\x80\0\0\0\0", 10.0  # seconds; the pong does not count as a response
SUCCESS, FAILURE = b'"type":"response","success":true', b'"success":false'
REQUESTS: dict[str, dict[str, Any]] = {
    "ping": {},
    "get_chat_threads_summary": {"chat_id": "PJ0MRSHTDG"},
    "get_customers": {"limit": 1},
    "tag_chat_thread": {"chat_id": "PJ0MRSHTDG", "thread_id": "K600PKZON8", "tag": "slow"},
    "untag_chat_thread": {"chat_id": "PJ0MRSHTDG", "thread_id": "K600PKZON8", "tag": "slow"},
    "update_last_seen_timestamp": {"chat_id": "PJ0MRSHTDG"},
    "send_typing_indicator": {
        "chat_id": "PJ0MRSHTDG",
        "recipients": "agents",
        "is_typing": True,
    },
}


class CountingClient:
    """A minimal WebSocket client that counts responses."""

    def __init__(self, url: str, token: str) -> None:
        """Connect and log in."""
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self._buffer = bytearray()
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self.socket.recv(65536)
        del self._buffer[: self._buffer.index(b"\r\n\r\n") + 4]
        self.socket.sendall(request_frame("login", {"token": f"Bearer {token}"}))
        while not any(SUCCESS in message for message in self.messages()):
            self._receive()

    def read_responses(self) -> int:
        """Wait for responses, and return how many came; pushes do not count.

        To be fast it does not parse frames, so `messages` cannot be used afterwards.
        """
        count = 0
        while not count:
            self._receive()
            if FAILURE in self._buffer:
                raise ValueError("a request has failed")
            count = self._buffer.count(SUCCESS)
            del self._buffer[: 1 - len(SUCCESS)]  # keep a possible beginning of a response
        return count

    def messages(self) -> Iterator[bytes]:
        """Yield the complete messages in the buffer."""
        while len(self._buffer) >= 2:
            start, length = 2, self._buffer[1]
            if length == 126:
                start, length = 4, int.from_bytes(self._buffer[2:4])
            elif length == 127:
                start, length = 10, int.from_bytes(self._buffer[2:10])
            if len(self._buffer) < start + length:
                return
            message = bytes(self._buffer[start : start + length])
            del self._buffer[: start + length]
            yield message

    def wait_for_push(self, name: str) -> None:
        """Wait for a push of that name."""
        wanted = f'"action":"{name}"'.encode()
        while not any(wanted in message for message in self.messages()):
            self._receive()

    def _receive(self) -> None:
        data = self.socket.recv(1 << 16)
        if not data:
            raise EOFError("the sandbox has closed the connection")
        self._buffer += data


def request_frame(action: str, payload: dict[str, Any]) -> bytes:
    """Encode a request as a text frame with a mask of zero."""
    text = json.dumps({"action": action, "request_id": "r", "payload": payload}).encode()
    if len(text) < 126:
        return struct.pack("!BBI", 0x81, 0x80 | len(text), 0) + text
    return struct.pack("!BBHI", 0x81, 0x80 | 126, len(text), 0) + text


def pipelined_rate(client: CountingClient, action: str, total: int) -> float:
    """Return the requests per second on one connection."""
    request = request_frame(action, REQUESTS[action])
    started = last_ping = time.perf_counter()
    client.socket.sendall(PING + request * WINDOW)
    sent, answered = WINDOW, 0
    while answered < total:
        responses = client.read_responses()
        answered += responses
        if time.perf_counter() - last_ping > PING_INTERVAL:
            client.socket.sendall(PING)
            last_ping = time.perf_counter()
        more = min(responses, total - sent)
        client.socket.sendall(request * more)
        sent += more
    return total / (time.perf_counter() - started)


def cpu_seconds(pid: int) -> float:
    """Return the CPU time of a process in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def broadcast_delay(clients: list[CountingClient], sender: CountingClient) -> float:
    """Return the seconds until every client has received the push of one request."""
    started = time.perf_counter()
    sender.socket.sendall(
        request_frame("multicast", {"scopes": {"agents": {"all": True}}, "content": 1})
    )
    for client in clients:
        client.wait_for_push("incoming_multicast")
    return time.perf_counter() - started


def resident_memory(pid: int) -> float:
    """Return the memory of a process in MiB."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def running_sandbox() -> Iterator[tuple[str, str, int]]:
    """Run a sandbox on one core; yield its URL, a token and its process id."""
    first, *others = os.sched_getaffinity(0)
    command = [sys.executable, "-m", "rtmcli", "sandbox", "--port", "0"]
    os.sched_setaffinity(0, {first})  # the sandbox inherits it
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        os.sched_setaffinity(0, others or {first})
        assert server.stdout
        address = json.loads(server.stdout.readline())
        try:
            yield address["url"], address["token"], server.pid
        finally:
            server.terminate()


def print_measurement(name: str, value: float, unit: str) -> None:
    """Print one measurement."""
    row = {"measured": name, "value": round(value, 1), "unit": unit}
    line = json.dumps(row, ensure_ascii=False)
    print(line, flush=True)


def main(total: int) -> None:
    """Measure everything."""
    with running_sandbox() as (url, token, pid):
        client = CountingClient(url, token)
        for action in REQUESTS:
            before, client_cpu = cpu_seconds(pid), time.process_time()
            rate = pipelined_rate(client, action, SAMPLE)
            client_cpu, server_cpu = time.process_time() - client_cpu, cpu_seconds(pid) - before
            print_measurement(f"{action}, {WINDOW} in flight", rate, "1/s")
            print_measurement(
                f"{action}, CPU time of the server per request", server_cpu / SAMPLE * 1e6, "µs"
            )
            print_measurement(
                f"{action}, CPU time of the client per request", client_cpu / SAMPLE * 1e6, "µs"
            )
        clients = [CountingClient(url, token) for _ in range(LISTENERS)]
        waits = sorted(broadcast_delay(clients, clients[0]) for _ in range(21))
        print_measurement(f"push to {LISTENERS} connections, median of 21", waits[10] * 1000, "ms")
        print_measurement(f"push to {LISTENERS} connections, worst of 21", waits[-1] * 1000, "ms")
        for each in clients:
            each.socket.close()
        before = resident_memory(pid)
        for _ in range(ROUNDS):
            pipelined_rate(client, "get_chat_threads_summary", total // ROUNDS)
        print_measurement(
            f"memory growth over {total} requests", resident_memory(pid) - before, "MiB"
        )
        client.socket.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
