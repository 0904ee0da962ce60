"""Fixtures of the tests of v3.6: logged-in agents on one sandbox."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from support.independent_client import Client, connected_client

from rtmcli.sandbox.server_thread import Sandbox, run_sandbox

Connect = Callable[..., Client]


@pytest.fixture
def connect_as(sandbox: Sandbox) -> Iterator[Connect]:
    """Return a function that logs an agent in, in a version."""
    yield from _make_connect(sandbox)


def _make_connect(sandbox: Sandbox) -> Iterator[Connect]:
    tokens = {each.agent_id.partition("@")[0]: each.token for each in sandbox.license.tokens}
    with ExitStack() as stack:

        def connect(name: str = "agent1", version: str = "3.6", **login_fields: object) -> Client:
            client = stack.enter_context(connected_client(sandbox.urls[version]))
            client.result("login", token=f"Bearer {tokens[name]}", **login_fields)
            client.drain()
            return client

        yield connect


@pytest.fixture(scope="module")
def connect_to_shared() -> Iterator[Connect]:
    """Return such a function for one sandbox of all tests of a module that change nothing."""
    with run_sandbox() as sandbox:
        yield from _make_connect(sandbox)


@pytest.fixture(scope="module")
def reader(connect_to_shared: Connect) -> Client:
    """Log the first agent in to that sandbox."""
    return connect_to_shared()


@pytest.fixture
def agent(connect_as: Connect) -> Client:
    """Log the first agent in, who is present in the sample chat."""
    return connect_as()
