"""One version of the API, whole, and its table of contents."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from rtmcli.catalogue.model import (
    Chapter,
    DisconnectReason,
    ErrorType,
    LoginSpec,
    Method,
    PushType,
    Recovery,
)

_UNKNOWN_REASON = DisconnectReason("", "a reason that no document names", Recovery.RECONNECT)


class MethodIndex(Mapping[str, Method]):
    """Maps each action to its method, in the reference's order.

    A chapter is read when one of its methods is asked for: most calls need one of nine.
    """

    def __init__(
        self,
        actions_by_chapter: Mapping[str, tuple[str, ...]],
        load_chapter: Callable[[str], Chapter],
    ) -> None:
        """`actions` lists those of each chapter; `read` gets a chapter by its name."""
        self._load_chapter = load_chapter
        self._chapter_names = tuple(actions_by_chapter)
        self._chapter_by_action = {
            action: name for name in actions_by_chapter for action in actions_by_chapter[name]
        }

    @property
    def chapters(self) -> tuple[Chapter, ...]:
        """All chapters, in the reference's order."""
        return tuple(map(self._load_chapter, self._chapter_names))

    def chapter_of(self, action: str) -> Chapter:
        """Return the chapter in which an action stands; raise KeyError where none has it."""
        return self._load_chapter(self._chapter_by_action[action])

    def __getitem__(self, action: str) -> Method:
        methods = self.chapter_of(action).methods
        return {method.action: method for method in methods}[action]

    def __contains__(self, action: object) -> bool:
        return action in self._chapter_by_action

    def __iter__(self) -> Iterator[str]:
        return iter(self._chapter_by_action)

    def __len__(self) -> int:
        return len(self._chapter_by_action)


class Api(NamedTuple):
    """One version of the API, whole."""

    version: str
    path: str  # of the endpoint's URL
    regions: Mapping[str, str]  # region -> host
    default_region: str  # the region where nothing says otherwise
    methods: MethodIndex  # each action's method
    pushes: tuple[PushType, ...]
    errors: tuple[ErrorType, ...]
    reasons: tuple[DisconnectReason, ...]
    login_action: str  # actions that the protocol itself needs
    logout_action: str
    ping_action: str
    login_spec: LoginSpec
    disconnect_push: str  # the push that announces the end of the session
    reason_field: str  # its member that says why
    region_field: (
        str  # in the data of that push, or of an error: the region that serves the licence
    )
    replacements: Mapping[str, tuple[str, ...]]  # names that look like methods -> what to use
    push_chat_paths: tuple[str, ...]  # where in a push's payload its chat is named
    max_pending_requests: int = 10  # unanswered requests per socket
    login_timeout: float = 30.0  # seconds from connecting to login
    ping_interval: float = 15.0  # seconds
    idle_timeout: float = 30.0  # seconds without a ping
    request_timeout: float = 15.0  # seconds that the server gives a request
    max_text_bytes: int = 16 * 1024  # bytes of a message's text

    @property
    def error_types_by_name(self) -> dict[str, ErrorType]:
        """Map each error type, by either name, to its row."""
        return {name: row for row in self.errors for name in (row.type, row.synonym) if name}

    @property
    def disconnect_reasons_by_name(self) -> dict[str, DisconnectReason]:
        """Map each reason of a disconnect, by either name, to its row."""
        return {name: row for row in self.reasons for name in (row.reason, row.synonym) if name}

    def recovery_for(self, error_type: str) -> Recovery:
        """Return what an error type asks of a client; an unknown type is only reported."""
        row = self.error_types_by_name.get(error_type)
        return row.recovery if row else Recovery.REPORT

    def disconnect_reason(self, action: str, payload: Any) -> DisconnectReason | None:
        """Return why a push ends the session, or None if it does not end it.

        An unknown reason is a row without a name that asks to reconnect.
        """
        if action != self.disconnect_push or not isinstance(payload, dict):
            return None
        reason = str(payload.get(self.reason_field))
        return self.disconnect_reasons_by_name.get(reason, _UNKNOWN_REASON)

    def region_in(self, data: Any) -> str:
        """Return the region that the data of an error or a disconnect names; empty if none."""
        region = data.get(self.region_field) if isinstance(data, dict) else None
        return region if isinstance(region, str) else ""
