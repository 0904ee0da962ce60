"""That there is no way to the server, and why: said alike of each part of the way."""

from rtmcli.errors import NotConnected


class Failed(NotConnected):
    """The way to the server is not there; `passing` tells whether another try may find it."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


def cause_of(error: OSError) -> str:
    """Say in lower case what went wrong, as the end of a message."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (error.strerror or str(error) or type(error).__name__).lower()
