"""Types of the catalogue's entries; they hold no fact about a particular API.

Paths are dotted: `ban.days` is the member `days` of the member `ban`. Paths in payloads that the
server sends lead through arrays: `users.name` is the name of each user.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple


class ParamType(Enum):
    """The type of a parameter's value; it decides how flags and validation treat it."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "bool"
    OPTIONAL_BOOLEAN = "bool or null"
    OBJECT = "object"
    ANY = "any"
    ID = "id"  # an integer or, if the reference leaves the type open, a string
    STRINGS = "strings"
    INTEGERS = "integers"
    IDS = "ids"  # integers or strings
    OBJECTS = "objects"
    PAIRS = "pairs"  # [{name: value}, ...]
    STRING_MAP = "texts"  # an object whose values are all strings
    INTEGER_MAP = "integer map"  # an object whose values are all integers
    PROPERTIES = "properties"  # {namespace: {name: value}}
    PROPERTY_NAMES = "property names"  # {namespace: [name, ...]}
    PROPERTY_FILTERS = "property filters"  # {namespace: {name: {one filter: value}}}
    PUSH_NAMES = "push names"  # {API version: [push, ...]}, not empty

    @property
    def is_array(self) -> bool:
        """Whether the value is an array, so that its flag is repeatable."""
        return self in _ARRAY_TYPES

    @property
    def is_boolean(self) -> bool:
        """Whether its flag takes no value."""
        return self in _BOOLEAN_TYPES

    @property
    def metavar(self) -> str:
        """The placeholder of the flag's value in help."""
        return "JSON" if self.is_json else _METAVARS.get(self, "TEXT")

    @property
    def is_json(self) -> bool:
        """Whether its flag takes JSON text or `@FILE`."""
        return self in _JSON_TYPES


_METAVARS = {
    ParamType.INTEGER: "N",
    ParamType.NUMBER: "N",
    ParamType.INTEGERS: "N",
    ParamType.ID: "ID",
    ParamType.IDS: "ID",
}
_BOOLEAN_TYPES = frozenset({ParamType.BOOLEAN, ParamType.OPTIONAL_BOOLEAN})
_ARRAY_TYPES = frozenset(
    {
        ParamType.STRINGS,
        ParamType.INTEGERS,
        ParamType.IDS,
        ParamType.OBJECTS,
        ParamType.PAIRS,
    }
)
_JSON_TYPES = frozenset(
    {
        ParamType.OBJECT,
        ParamType.ANY,
        ParamType.OBJECTS,
        ParamType.PAIRS,
        ParamType.STRING_MAP,
        ParamType.INTEGER_MAP,
        ParamType.PROPERTIES,
        ParamType.PROPERTY_NAMES,
        ParamType.PROPERTY_FILTERS,
        ParamType.PUSH_NAMES,
    }
)


_FILTERS = "filters."  # the path of all criteria of a list begins with it
_IDENTIFIER_NAMES = frozenset({"id", "ids", "tag", "tags", "groups"})


class Format(Enum):
    """The format that a string must have."""

    DATE = "YYYY-MM-DD"
    DATE_TIME = "RFC 3339 with a time zone"
    CUSTOMER_ID = "8-4-4-4-12 hexadecimal digits"
    PHONE_NUMBER = "E.164: + and 2 to 15 digits"


class Severity(Enum):
    """How the client and the server treat a violation."""

    ERROR = "error"  # both reject the request
    WARNING = "warning"  # the client warns and sends; the server rejects
    NOTE = "note"  # the client warns and sends; the server accepts


class Param(NamedTuple):
    """One parameter of a method, at its path in the payload."""

    path: str
    type: ParamType
    required: bool = False  # in an optional object: only if that object is present
    choices: tuple[str, ...] = ()  # of a string, or of each item of an array of strings
    at_least: int | None = None
    at_most: int | None = None
    max_items: int | None = None  # of an array
    max_bytes: int | None = None  # of a string, in UTF-8
    default: str = ""  # what the server uses if it is absent, in words
    format: Format | None = None
    help: str = ""
    alias: str = ""  # a short flag, in addition to the one made from the path
    file_flag: str = ""  # another flag, which reads the text from a file
    implies: tuple[str, Any] | None = None  # path and value that the flag sets by default
    documented: bool = True  # False: only in a sample or in another document
    secret: bool = False  # never shown in logs or dry runs
    set_by_session: bool = False  # the session sets it: no flag, rejected in input
    severity: Severity = Severity.ERROR  # of a value outside choices, range, size or format
    min_severity: Severity | None = None  # of a value below `at_least`, if it differs
    items: "tuple[Param, ...]" = ()  # of an array of objects: the members, with relative paths
    may_be_empty: bool = False  # although it is an identifier

    @property
    def flag(self) -> str:
        """The long flag: the path with hyphens."""
        return "--" + self.path.replace(".", "-").replace("_", "-")

    @property
    def is_identifier(self) -> bool:
        """Whether its values are ids or tags, as its name says; they must not be empty."""
        name = self.path.rpartition(".")[2]
        is_named_so = name in _IDENTIFIER_NAMES or name.endswith(("_id", "_ids"))
        return is_named_so and not self.may_be_empty

    @property
    def is_filter(self) -> bool:
        """Whether it is a criterion of a list; an empty one would match everything."""
        return self.path.startswith(_FILTERS)

    @property
    def max_size(self) -> str:
        """The limit of `max_bytes` in words; empty if there is none."""
        return f"at most {self.max_bytes // 1024} KB of UTF-8" if self.max_bytes else ""


class Constraint(Enum):
    """How the parameters of a rule depend on each other."""

    AT_LEAST_ONE = "at least one is present"
    ALL_OR_NONE = "all are present or none is"
    AT_MOST_ONE = "at most one is present"
    NOT_ALL_TRUE = "not all are true"
    EXCLUDES = "if the first is present, none of the others is"
    REQUIRES = "if the first is present, at least one of the others is"
    DISJOINT = "no value is in two of the arrays"
    FORBIDDEN = "the condition itself is a violation"


class Rule(NamedTuple):
    """A rule across parameters; it applies only if all of `when` (path -> value) matches."""

    constraint: Constraint
    paths: tuple[str, ...]
    message: str  # the explanation of a violation
    when: Mapping[str, str] = {}
    severity: Severity = Severity.ERROR


class Retry(Enum):
    """Whether a call may be sent again, by the effect of a second execution."""

    READ_ONLY = "read"  # no effect: resent even if the outcome is unknown
    IDEMPOTENT = "idempotent"  # same end state: resent only on --retry-idempotent
    NEVER = "never"  # a second effect
    CONNECTION = "connection"  # takes effect on its connection only
    EPHEMERAL = "ephemeral"  # useless if late


class Pagination(NamedTuple):
    """How a list method is paginated: by cursor or by page number."""

    items_path: str  # where the response holds the items
    cursor_param: str = ""  # the parameter that takes the next cursor
    cursor_excludes: tuple[str, ...] = ()  # parameters that only the first request may contain
    next_cursor_path: str = ""  # where the response holds it
    page_number_param: str = ""  # or: the parameter that takes the page number
    limit_param: str = ""  # the parameter that takes the page size
    max_limit: int = 100  # the largest page size
    total_path: str = ""  # where the response holds the count of all items
    max_page_number: int = 0  # 0: no limit


class Transcript(NamedTuple):
    """How the conversation that a response holds is printed as text.

    Users and threads are paths in the response; the other names are members of a thread or event.
    """

    users_path: str
    threads_path: str  # of one thread, or of an array
    time_field: str  # of threads and events: seconds since the epoch, or RFC 3339
    order_field: str  # by which threads and events are sorted
    text: Mapping[str, tuple[str, ...]]  # path of a part of an event -> its members on one line
    marks: Mapping[tuple[str, Any], str] = {}  # member and value of an event -> its label
    other_threads_path: str = ""  # of the ids of threads that the response may lack
    thread_param: str = ""  # the parameter that takes these ids
    events_field: str = "events"
    author_field: str = "author_id"
    type_field: str = "type"
    restricted_field: str = "restricted_access"  # of a thread whose events are left out
    id_field: str = "id"


class Method(NamedTuple):
    """One method of the API."""

    action: str
    summary: str
    scopes: tuple[str, ...] = ()  # any one suffices; empty: none is needed
    conditional_scopes: tuple[str, tuple[str, ...]] | None = None  # if this path is present, these
    scope_conditions: Mapping[str, str] = {}  # scope -> completes "suffices for …"
    optional_scopes: Mapping[str, str] = {}  # scope -> completes "only with it: …"
    scopes_note: str = ""
    requires_presence: bool = False  # the requester must be a member of the chat
    presence_param: str = ""  # the parameter that lifts this requirement
    push: str = ""
    alternative_push: str = ""  # a push that may arrive in place of `push`
    push_condition: str = ""  # completes "pushed if …"; empty: always
    push_keys: Mapping[str, str] = {}  # path in response or request -> in the push
    alternative_push_keys: Mapping[str, str] = {}  # the same for `alternative_push`
    other_pushes: Mapping[str, str] = {}  # in addition to `push` -> completes "pushed if …"
    retry: Retry = Retry.NEVER
    retry_note: str = ""
    params: tuple[Param, ...] = ()
    rules: tuple[Rule, ...] = ()
    example: Mapping[str, Any] = {}  # a valid payload
    sandbox_overrides: Mapping[str, Any] = {}  # path -> value to use in a fresh sandbox instead
    response_type: ParamType = ParamType.OBJECT
    response_fields: tuple[str, ...] = ()  # members (of each item); `?` marks optional ones
    columns: tuple[str, ...] = ()  # of a list, as a table: paths in each item
    transcript: Transcript | None = None  # if the response holds a conversation
    pagination: Pagination | None = None
    in_web_api: bool = True  # also a method of the Web API
    details: str = ""  # shown below the summary

    @property
    def command(self) -> str:
        """The command name: the action with hyphens."""
        return self.action.replace("_", "-")


class Chapter(NamedTuple):
    """A chapter of the method reference."""

    title: str
    methods: tuple[Method, ...]


class Audience(Enum):
    """To which connections the server sends a push."""

    CHAT = "members and followers of the chat"
    CUSTOMERS = "agents who can see the customer"
    AGENTS = "agents who can see other agents"
    BOTS = "agents who can see bots"
    RECIPIENTS = "the agents that a sender chose"
    GROUP = "agents with access to the group"
    LICENSE = "all agents of the license"
    REQUESTER = "the requester's connections"
    CONNECTION = "the connection"


class PushType(NamedTuple):
    """A message that the server sends without a request."""

    name: str
    payload_fields: tuple[str, ...]  # members (of each item); `?` marks optional ones
    summary: str
    audience: tuple[Audience, ...] = (Audience.CHAT,)
    text: tuple[str, ...] = ()  # the members that describe it on one line; absent ones are omitted
    payload_type: ParamType = ParamType.OBJECT
    is_key_change: bool = False  # also sent to agents with access who are not members or followers


class Renamed(NamedTuple):
    """What to use in place of a name that belongs to another version of the API."""

    names: tuple[str, ...] = ()  # names of this version; empty: it has no counterpart
    note: str = ""  # what is different


class Renames(NamedTuple):
    """The names of another version of the API that this version spells or means differently."""

    version: str  # the other version
    actions: Mapping[str, Renamed]
    pushes: Mapping[str, Renamed]
    params: Mapping[str, Mapping[str, Renamed]]  # this version's action -> path in the other


class Recovery(Enum):
    """How a client should react to an error type or a disconnect reason."""

    REPORT = "report"  # refused; a retry cannot succeed
    AUTH_FAILED = "auth failed"  # refused because of the credentials or the license
    RETRY = "retry"  # refused before execution: wait, then send again
    REDIRECT = "redirect"  # another region serves the license
    AMBIGUOUS = "ambiguous"  # it may have been executed
    RECONNECT = "reconnect"
    RECONNECT_SLOWLY = "reconnect slowly"
    REFRESH_TOKEN = "refresh token"  # noqa: S105  # then reconnect
    STOP = "stop"
    CHANGE_VERSION = "change version"  # the server does not serve this version of the API


class ErrorType(NamedTuple):
    """One `error.type` of a failure response."""

    type: str
    message: str  # the default message
    recovery: Recovery
    since: str = ""  # the later version that introduced it
    synonym: str = ""  # its name in another document
    advice: str = ""  # printed after the server's message
    means_missing_scope: bool = False  # the token may lack a scope of the method
    means_missing_presence: bool = False  # or the requester is not in the chat


class DisconnectReason(NamedTuple):
    """One reason for which the server disconnects a session."""

    reason: str
    meaning: str
    recovery: Recovery
    is_auth_error: bool = False  # because of token, agent or license: exit 4, not 10
    synonym: str = ""
    since: str = ""  # the later version that introduced it


class LoginSpec(NamedTuple):
    """The login method's parameters that sessions set, and paths in its response."""

    token_param: str
    application_params: tuple[str, str, str]  # the object, and its members for name and version
    reconnect_param: str  # whether to restore the agent's last routing status
    profile_params: tuple[str, ...]  # parameters that a profile may set
    response_paths: Mapping[str, str]  # label -> path in the response
    away_param: str = ""  # whether the connection counts as away from the start
    pushes_param: str = ""  # the pushes to receive, by API version
    monitoring_param: str = ""  # which customers' pushes to receive

    @property
    def license_path(self) -> str:
        """Where the response holds the license's id."""
        return self.response_paths["license"]
