"""One version of the API, whole, and its table of contents."""

from collections.abc import Callable, Iterator, Mapping

from rtmcli.catalogue.model import Chapter, Entry, ErrorType, Method, Push, Reason
from rtmcli.row import Row


class Contents(Mapping[str, Method]):
    """Maps each action to its method, in the reference's order.

    A chapter is read when one of its methods is asked for: most calls need one of nine.
    """

    def __init__(
        self, actions: Mapping[str, tuple[str, ...]], read: Callable[[str], Chapter]
    ) -> None:
        """`actions` lists those of each chapter; `read` gets a chapter by its name."""
        self._read = read
        self._names = tuple(actions)
        self._homes = {action: name for name in actions for action in actions[name]}

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """All chapters, in the reference's order."""
        return tuple(map(self._read, self._names))

    def chapter_of(self, action: str) -> Chapter:
        """Return the chapter in which an action stands; raise KeyError where none has it."""
        return self._read(self._homes[action])

    def __getitem__(self, action: str) -> Method:
        methods = self.chapter_of(action).methods
        return {method.action: method for method in methods}[action]

    def __contains__(self, action: object) -> bool:
        return action in self._homes

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


class Api(Row):
    """One version of the API, whole."""

    version: str
    path: str  # of the endpoint's URL
    regions: Mapping[str, str]  # region -> host
    home: str  # the region where nothing says otherwise
    methods: Contents  # each action's method
    pushes: tuple[Push, ...]
    errors: tuple[ErrorType, ...]
    reasons: tuple[Reason, ...]
    login: str  # actions that the protocol itself needs
    logout: str
    ping: str
    entry: Entry
    disconnected: str  # the push that announces the end of the session
    reason: str  # its member that says why
    region: str  # in the data of that push, or of an error: the region that serves the licence
    not_methods: Mapping[str, tuple[str, ...]]  # names that look like methods -> what to use
    push_chats: tuple[str, ...]  # where in a push's payload its chat is named
    in_flight: int = 10  # unanswered requests per socket
    login_within: float = 30.0  # seconds from connecting to login
    ping_every: float = 15.0  # seconds
    drop_after: float = 30.0  # seconds without a ping
    request_timeout: float = 15.0  # seconds that the server gives a request
    text_limit: int = 16 * 1024  # bytes of a message's text

    @property
    def error_types(self) -> dict[str, ErrorType]:
        """Map each error type, by either name, to its row."""
        return {name: row for row in self.errors for name in (row.type, row.synonym) if name}

    @property
    def disconnect_reasons(self) -> dict[str, Reason]:
        """Map each reason of a disconnect, by either name, to its row."""
        return {name: row for row in self.reasons for name in (row.reason, row.synonym) if name}
