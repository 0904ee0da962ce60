"""Fixtures of the sandbox tests: a running sandbox and a logged-in agent."""

from collections.abc import Iterator

import pytest
from support.independent_client import Client, connected_client

from rtmcli.sandbox.server_thread import Sandbox, run_sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Serve a new license."""
    with run_sandbox() as server:
        yield server


@pytest.fixture
def agent(sandbox: Sandbox) -> Iterator[Client]:
    """Log the first agent in."""
    with connected_client(sandbox.url, sandbox.token) as agent_client:
        yield agent_client
