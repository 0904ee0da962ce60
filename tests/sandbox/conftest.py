"""What the tests of the sandbox's server share: a sandbox, and an agent who is logged in."""

from collections.abc import Iterator

import pytest
from foreign import Client, client

from rtmcli.sandbox.serving import Sandbox, serving


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Serve a new licence."""
    with serving() as one:
        yield one


@pytest.fixture
def agent(sandbox: Sandbox) -> Iterator[Client]:
    """Log the first agent in."""
    with client(sandbox.url, sandbox.token) as one:
        yield one
