"""The words in which the catalogue speaks: rows and their vocabularies, no fact of the API.

Every row is frozen. A path is dotted: `ban.days` is the member `days` of the member `ban`.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple


class ParamType(Enum):
    """What a parameter's value is, in the terms a flag and a check need."""

    STRING = "string"
    INTEGER = "integer"
    BOOLEAN = "bool"
    OBJECT = "object"
    ANY = "any"
    ID = "id"  # an integer; a string where the reference leaves the type open
    STRINGS = "strings"
    INTEGERS = "integers"
    IDS = "ids"  # integers or strings
    OBJECTS = "objects"
    STRING_MAP = "texts"  # an object whose values are all strings
    PROPERTIES = "properties"  # {namespace: {name: value}}
    PROPERTY_NAMES = "property names"  # {namespace: [name, ...]}
    PROPERTY_FILTERS = "property filters"  # {namespace: {name: {one filter: value}}}

    @property
    def is_array(self) -> bool:
        """Tell whether the value is an array, so that its flag may be repeated."""
        return self in _ARRAY_TYPES

    @property
    def is_boolean(self) -> bool:
        """Tell whether a flag takes no value."""
        return self is ParamType.BOOLEAN

    @property
    def metavar(self) -> str:
        """Say in one word what a flag takes."""
        return "JSON" if self.is_json else _METAVARS.get(self, "TEXT")

    @property
    def is_json(self) -> bool:
        """Tell whether a flag takes the whole value as JSON text or `@FILE`."""
        return self in _JSON_TYPES


_METAVARS = {
    ParamType.INTEGER: "N",
    ParamType.INTEGERS: "N",
    ParamType.ID: "ID",
    ParamType.IDS: "ID",
}
_ARRAY_TYPES = frozenset({ParamType.STRINGS, ParamType.INTEGERS, ParamType.IDS, ParamType.OBJECTS})
_JSON_TYPES = frozenset(
    {
        ParamType.OBJECT,
        ParamType.ANY,
        ParamType.OBJECTS,
        ParamType.STRING_MAP,
        ParamType.PROPERTIES,
        ParamType.PROPERTY_NAMES,
        ParamType.PROPERTY_FILTERS,
    }
)


class Format(Enum):
    """How the text of a string is laid out."""

    DATE = "YYYY-MM-DD"
    DATE_TIME = "RFC 3339 with a time zone"
    CUSTOMER_ID = "8-4-4-4-12 hexadecimal digits"
    TEXT = "at most 16 KB of UTF-8"


class Severity(Enum):
    """What a client and the server make of a broken rule."""

    ERROR = "error"  # both refuse
    WARNING = "warning"  # the client warns and sends; the server refuses
    NOTE = "note"  # the client warns and sends; the server accepts


class Param(NamedTuple):
    """One parameter of a method, at its path in the payload."""

    path: str
    type: ParamType
    required: bool = False  # inside an optional object: only where that object is there
    choices: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    default: str = ""  # what the server uses where it is absent, in words
    format: Format | None = None
    help: str = ""
    alias: str = ""  # a short flag beside the one that follows from the path
    implies: tuple[str, Any] | None = None  # path and value that the flag brings where none stands
    documented: bool = True  # False: only a sample or another document shows it
    secret: bool = False  # never shown in logs or dry runs
    set_by_session: bool = False  # the session fills it in: no flag, refused in input
    severity: Severity = Severity.ERROR  # how bad a value outside choices, range or format is

    @property
    def flag(self) -> str:
        """Spell the long flag: the path with hyphens."""
        return "--" + self.path.replace(".", "-").replace("_", "-")


class Constraint(Enum):
    """How the paths of a rule depend on each other."""

    AT_LEAST_ONE = "at least one is there"
    ALL_OR_NONE = "all are there or none is"
    AT_MOST_ONE = "no more than one is there"
    NOT_ALL_TRUE = "not all are true"
    FORBIDDEN = "the condition itself is the breach"


class Rule(NamedTuple):
    """A rule across parameters; it counts only where `when` (a path and its value) holds."""

    constraint: Constraint
    paths: tuple[str, ...]
    message: str  # what to tell whoever broke it
    when: tuple[str, str] | None = None
    severity: Severity = Severity.ERROR


class Retry(Enum):
    """What a second execution of the same call would do (what may be sent again)."""

    READ_ONLY = "read"  # no effect: resent after an ambiguous loss
    IDEMPOTENT = "idempotent"  # same end state: resent only when the user asks for it
    NEVER = "never"  # a second execution acts again
    CONNECTION = "connection"  # bound to its connection
    EPHEMERAL = "ephemeral"  # worthless when late


class Pagination(NamedTuple):
    """How a list method is paged: by cursor (`page_id`) or by page number."""

    items_path: str  # the member of the answer that holds the items
    cursor_param: str = ""  # the parameter that takes the answer's `next`
    next_cursor_path: str = ""  # the member of the answer that names the next page
    page_number_param: str = ""  # or: the parameter that takes the page's number
    limit_param: str = ""  # the parameter for the size of a page
    max_limit: int = 100  # the largest page there is
    total_path: str = ""  # the member of the answer that counts all items
    max_page_number: int = 0  # the highest page number there is (number paging); 0: no limit


class Method(NamedTuple):
    """One documented method."""

    action: str
    summary: str
    scopes: tuple[str, ...] = ()  # any one of them suffices; empty: none is needed
    conditional_scopes: tuple[str, tuple[str, ...]] | None = None  # where this path is there, these
    scopes_note: str = ""
    push: str = ""
    alternative_push: str = ""  # another push that comes in place of `push`
    push_condition: str = ""  # the condition on which the push comes; empty: always
    push_keys: Mapping[str, str] = {}  # path in the answer, else the request -> in the push
    alternative_push_keys: Mapping[str, str] = {}  # the same for `push_instead`
    retry: Retry = Retry.NEVER
    retry_note: str = ""
    params: tuple[Param, ...] = ()
    rules: tuple[Rule, ...] = ()
    example: Mapping[str, Any] = {}  # a valid payload
    sandbox_overrides: Mapping[
        str, Any
    ] = {}  # path -> value: what of it a fresh sandbox wants otherwise
    response_fields: tuple[str, ...] = ()  # the members of the answer; `?` ends an optional one
    pagination: Pagination | None = None
    in_web_api: bool = True  # the Web API has it too
    details: str = ""  # what a user should know beyond the summary

    @property
    def command(self) -> str:
        """Spell the action as a command: with hyphens."""
        return self.action.replace("_", "-")


class Chapter(NamedTuple):
    """A chapter of the method reference, in its order."""

    title: str
    methods: tuple[Method, ...]


class PushType(NamedTuple):
    """One message the server sends on its own."""

    name: str
    payload_fields: tuple[str, ...]  # members; `?` ends an optional one
    summary: str
    is_key_change: bool = (
        False  # also told to agents who have access but neither take part nor follow
    )


class Recovery(Enum):
    """What an error type or a disconnect reason asks of a client."""

    REPORT = "surface"  # refused for good: show it
    AUTH_FAILED = "authenticate"  # refused for who is asking
    RETRY = "resend"  # refused before acting: wait, then send again
    REDIRECT = "redirect"  # the other region serves this licence
    AMBIGUOUS = "doubt"  # it may have been executed
    RECONNECT = "reconnect"
    RECONNECT_SLOWLY = "reconnect slowly"
    REFRESH_TOKEN = "refresh"  # noqa: S105  # a new token, then reconnect
    STOP = "stop"


class ErrorType(NamedTuple):
    """One `error.type` of a failing answer."""

    type: str
    message: str  # the default message
    recovery: Recovery
    since: str = "3.0"  # the version whose documents name it first
    synonym: str = ""  # the name another document gives it
    advice: str = ""  # what to know or do about it, where its message does not say so
    means_missing_scope: bool = False  # what is missing is a scope of the method


class DisconnectReason(NamedTuple):
    """One reason that the server gives for ending a session."""

    reason: str
    meaning: str
    recovery: Recovery
    is_auth_error: bool = False  # it is about who is asking: exit 4 rather than 10
    synonym: str = ""
    since: str = "3.0"


class LoginSpec(NamedTuple):
    """How a session begins: parameters of the login, and what its answer tells, by their paths."""

    token_param: str
    application_params: tuple[
        str, str, str
    ]  # who calls: the parameter, and its members name and version
    reconnect_param: str  # whether the session goes on with what an earlier one was
    profile_params: tuple[str, ...]  # what a profile may set for every login
    response_paths: Mapping[str, str]  # what an answer tells of, and where
