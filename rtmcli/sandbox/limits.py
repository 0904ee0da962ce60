"""How long and how much the server waits for (protocol reference, limits)."""

from rtmcli.catalogue import API
from rtmcli.row import Row


class Limits(Row):
    """The server's patience; times in seconds, sizes in bytes.

    The first four are documented. The reference leaves the others open: they are our choice.
    """

    login_within: float = API.login_within
    drop_after: float = API.drop_after  # without a ping
    request_timeout: float = API.request_timeout
    in_flight: int = API.in_flight  # unanswered requests of one connection
    close_within: float = 5.0  # for the client's half of the closing handshake
    stop_within: float = 0.5  # for all of them, when the server stops
    tidy_every: float = 60.0  # between looks for chats that have fallen silent
    gather: float = 0.0002  # for more messages that can be written together
    message: int = 2**20  # the largest message taken
    backlog: int = 2**24  # what may wait for a client that does not read, before it is dropped
