"""The server's timeouts and size limits (protocol reference, limits)."""

from math import inf
from typing import NamedTuple

from rtmcli.catalogue import service


class Limits(NamedTuple):
    """Timeouts in seconds, sizes in bytes.

    The first four are documented. The reference does not specify the others.
    """

    login_timeout: float = service.LOGIN_TIMEOUT
    idle_timeout: float = service.IDLE_TIMEOUT  # without a ping
    request_timeout: float = service.REQUEST_TIMEOUT
    max_pending_requests: int = service.MAX_PENDING_REQUESTS  # per connection
    close_timeout: float = 5.0  # for the client's half of the closing handshake
    shutdown_timeout: float = 0.5  # for all closing handshakes when the server stops
    inactivity_check_interval: float = 60.0  # between checks for inactive chats
    totals_interval: float = 10.0  # between totals of subscriptions that exceed their limit
    max_write_delay: float = 0.0002  # to batch messages into one write
    max_message_size: int = 2**20
    max_request_rate: float = inf  # requests per second of a connection
    max_write_buffer: int = 2**24  # a client that leaves more unread is disconnected
