"""What the tests feed to `rtm call -`, and what they make of its records."""

import json

from support.fault_server import FaultServer, respond

REQUEST_LINE = '{"action":"x","payload":{"n":%d}}\n'


def request_lines(count: int) -> bytes:
    """Write whole requests, one a line, each with its number."""
    return "".join(REQUEST_LINE % n for n in range(1, count + 1)).encode()


def echo_payloads(server: FaultServer) -> None:
    """Have the server answer with the payload it was sent."""
    server.on("*", respond(lambda request: request.payload))


def record_statuses(output: bytes) -> list[str]:
    """Name the statuses of the records, in order; every line must be whole."""
    records = [json.loads(line) for line in output.splitlines()]
    return [line["error"]["status"] if "error" in line else "ok" for line in records]
