"""The limit of the rate of requests, alone and in a server."""

from support.independent_client import connected_client

from rtmcli.sandbox.server.limits import Limits
from rtmcli.sandbox.server.options import ServerOptions
from rtmcli.sandbox.server.rate_limit import TokenBucket
from rtmcli.sandbox.server_thread import run_sandbox


def test_requests_of_a_second_may_come_at_once() -> None:
    """Later ones pass at the rate; a pause refills no more than a second's requests."""
    bucket = TokenBucket(2, now=100)
    assert [bucket.take(each) for each in (100, 100, 100, 100.4, 100.5, 100.9)] == [
        *(True, True, False, False, True, False)
    ]
    assert [bucket.take(200) for _ in range(3)] == [True, True, False]


def test_a_rate_below_one_lets_the_first_request_pass() -> None:
    """The next one passes when the rate permits it."""
    bucket = TokenBucket(0.1, now=0)
    assert [bucket.take(each) for each in (0, 9, 10)] == [True, False, True]


def test_too_many_requests_fail() -> None:
    """Per connection; pings are not limited, and the connection stays open."""
    options = ServerOptions(Limits(max_request_rate=0.001))
    with run_sandbox(options=options) as sandbox:
        for _ in range(2):
            with connected_client(sandbox.url, sandbox.token) as client:
                assert client.error_type("get_chats_summary") == "too_many_requests"
                assert client.call("ping")["success"]
