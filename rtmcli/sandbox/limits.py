"""How long and how much the server waits for (protocol reference, limits)."""

from typing import NamedTuple

from rtmcli.catalogue import API


class Limits(NamedTuple):
    """The server's patience; times in seconds, sizes in bytes.

    The first four are documented. The reference leaves the others open: they are our choice.
    """

    login_timeout: float = API.login_timeout
    idle_timeout: float = API.idle_timeout  # without a ping
    request_timeout: float = API.request_timeout
    max_pending_requests: int = API.max_pending_requests  # unanswered requests of one connection
    close_timeout: float = 5.0  # for the client's half of the closing handshake
    shutdown_timeout: float = 0.5  # for all of them, when the server stops
    inactivity_check_interval: float = 60.0  # between looks for chats that have fallen silent
    max_write_delay: float = 0.0002  # for more messages that can be written together
    max_message_size: int = 2**20  # the largest message taken
    max_write_buffer: int = (
        2**24
    )  # what may wait for a client that does not read, before it is dropped
