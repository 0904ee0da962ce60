"""Message queues for tests: Redis, and a broker of Kafka."""

import re
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from support.process import require_program


@contextmanager
def kafka_broker() -> Iterator[dict[str, str]]:
    """Run the mock broker of kcat; yield the environment variable with its address."""
    command = ["-C", "-b", "mock", "-X", "test.mock.num.brokers=1", "-t", "nothing"]
    with _server([require_program("kcat"), *command]) as output:
        match = re.search(r"replaced with (\S+)", output.readline())
        assert match
        yield {"BROKER": match[1]}


@contextmanager
def redis_server(socket: Path) -> Iterator[str]:
    """Run a server without a file; yield the command of its client."""
    options = {"port": "0", "unixsocket": str(socket), "save": "", "dir": str(socket.parent)}
    flags = [word for name, value in options.items() for word in (f"--{name}", value)]
    with _server([require_program("redis-server"), *flags]) as output:
        assert any("ready to accept connections" in line for line in iter(output.readline, ""))
        yield f"redis-cli -s {socket}"


@contextmanager
def _server(command: Sequence[str]) -> Iterator[IO[str]]:
    """Run a server; yield its output, of which the rest is read and ignored at the end."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout
        try:
            yield process.stdout
        finally:
            process.terminate()
            threading.Thread(target=process.stdout.read, daemon=True).start()
