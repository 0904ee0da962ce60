"""One version of the API, and the lazily loaded index of its methods."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from rtmcli.catalogue.model import (
    Audience,
    Chapter,
    DisconnectReason,
    ErrorType,
    LoginSpec,
    Method,
    PushType,
    Recovery,
    Renames,
)

if TYPE_CHECKING:
    from rtmcli.catalogue.objects import Objects

_UNKNOWN_REASON = DisconnectReason("", "a reason that no document names", Recovery.RECONNECT)


class MethodIndex(Mapping[str, Method]):
    """Maps each action to its method, in the reference's order.

    A chapter's module is imported when one of its methods is looked up: most commands need one
    of nine.
    """

    def __init__(
        self,
        actions_by_chapter: Mapping[str, tuple[str, ...]],
        load_chapter: Callable[[str], Chapter],
    ) -> None:
        """Index the actions of each chapter; `load_chapter` returns a chapter by its name."""
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
        """Return the chapter that defines an action; raise KeyError if there is none."""
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
    """One version of the API."""

    version: str
    path: str  # of the endpoint's URL
    methods: MethodIndex
    pushes: tuple[PushType, ...]
    errors: tuple[ErrorType, ...]
    reasons: tuple[DisconnectReason, ...]
    login_action: str  # actions that the client itself sends
    logout_action: str
    list_action: str  # a list that needs no parameter, for examples
    ping_action: str
    login_spec: LoginSpec
    disconnect_push: str  # the push that announces a disconnect
    reason_field: str  # the member of its payload that holds the reason
    region_field: str  # in `data` of that push or of an error: the region that serves the license
    replacements: Mapping[str, tuple[str, ...]]  # names that are not methods -> actions to use
    push_chat_paths: tuple[str, ...]  # where a push's payload holds the chat's id
    user_paths: tuple[str, ...]  # where pushes and the login's response hold users
    load_renames: Callable[[], tuple[Renames, ...]]  # of the other versions; only messages need it
    load_objects: Callable[[], "Objects"]  # only help needs them
    query_params: tuple[str, ...] = ()  # of the endpoint's URL
    request_fields: tuple[str, ...] = ()  # members of a request that only some requests contain
    refresh_action: str = ""  # replaces the session's token; empty: reconnect instead
    push_scopes: Mapping[Audience, str] = {}  # scope without which no push is sent to an audience
    chat_paths_by_push: Mapping[str, tuple[str, ...]] = {}  # of pushes that hold it elsewhere
    # A push may name a resource by type and id: the type's path, the type of a chat, the id's path.
    push_chat_resource: tuple[str, str, str] = ("resource", "chat", "id")
    user_fields: tuple[str, str] = ("id", "name")  # of a user

    @property
    def error_types_by_name(self) -> dict[str, ErrorType]:
        """Map each error type and synonym to its definition."""
        return {
            name: error for error in self.errors for name in (error.type, error.synonym) if name
        }

    @property
    def disconnect_reasons_by_name(self) -> dict[str, DisconnectReason]:
        """Map each disconnect reason and synonym to its definition."""
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
