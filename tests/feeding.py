"""What the tests feed to `rtm call -`, and what they make of its records."""

import json

from faults import FaultServer, answer

LINE = '{"action":"x","payload":{"n":%d}}\n'


def values(count: int) -> bytes:
    """Write whole requests, one a line, each with its number."""
    return "".join(LINE % n for n in range(1, count + 1)).encode()


def mirror(server: FaultServer) -> None:
    """Have the server answer with the payload it was sent."""
    server.on("*", answer(lambda request: request.payload))


def statuses(out: bytes) -> list[str]:
    """Name the statuses of the records, in order; every line must be whole."""
    lines = [json.loads(line) for line in out.splitlines()]
    return [line["error"]["status"] if "error" in line else "ok" for line in lines]
