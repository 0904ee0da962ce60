"""Input for `rtm call -`, and a reader of its records."""

import json

from support.fault_server import FaultServer, respond

REQUEST_LINE = '{"action":"x","payload":{"n":%d}}\n'


def request_lines(count: int) -> bytes:
    """Return `count` numbered requests, one per line."""
    return "".join(REQUEST_LINE % n for n in range(1, count + 1)).encode()


def echo_payloads(server: FaultServer) -> None:
    """Make the server respond with the payload of the request."""
    server.on("*", respond(lambda request: request.payload))


def record_statuses(output: bytes) -> list[str]:
    """Return the statuses of the records, in order."""
    records = [json.loads(line) for line in output.splitlines()]
    return [line["error"]["status"] if "error" in line else "ok" for line in records]
