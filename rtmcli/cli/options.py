"""The options that commands share, as rows; how typer and the types read them."""

import inspect
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import typer

from rtmcli.catalogue.api import Api
from rtmcli.errors import UsageError
from rtmcli.settings import types
from rtmcli.settings.definitions import BY_NAME, SETTINGS, Group
from rtmcli.settings.types import Completion, ValueType


class Option(NamedTuple):
    """One option of the command line."""

    name: str  # the key of its value among the command's options
    flags: tuple[str, ...]  # a switch with a negative form is written "--x/--no-x"
    help: str
    type: ValueType = types.BOOLEAN  # a switch
    multiple: bool = False
    once: bool = False  # a second use is an error; of others, the last one wins
    counted: bool = False  # -v, -vv
    hidden: bool = False
    envvar: str = ""  # that is read without the flag; of a setting, by `settings.resolve`
    default: str = ""  # what it is if it is not given, in words

    @property
    def all_flags(self) -> list[str]:
        """List every flag; a switch may have two."""
        return [flag for declaration in self.flags for flag in declaration.split("/")]

    @property
    def notes(self) -> list[str]:
        """List what the help says in brackets: the variable and the default."""
        notes = {"env": self.envvar, "default": self.default}
        return [f"{label}: {text}" for label, text in notes.items() if text]


class Argument(NamedTuple):
    """One positional argument; all are optional."""

    name: str
    type: ValueType
    help: str
    multiple: bool = False
    needs_separator: bool = False  # stands after --, and nowhere else
    following: tuple[tuple[str, ValueType], ...] = ()  # the types of values after certain words


class OptionGroup(NamedTuple):
    """Options that help and completion present together."""

    name: str  # in the completion scripts
    title: str  # in the help
    options: tuple[Option, ...]
    topic: str = ""  # of the help, which describes them; other pages only name them


def _assignment(*, as_string: bool) -> ValueType:
    def parse(text: str) -> tuple[list[str], Any]:
        from rtmcli.protocol import escaping, payload  # loads orjson

        try:
            return payload.parse_assignment(text, as_string=as_string)
        except ValueError as error:
            raise ValueError(f"{escaping.truncate(text)}: {error}") from None

    return ValueType(parse, "PATH=TEXT" if as_string else "PATH=VALUE")


HELP_OPTION = Option("help", ("--help", "-h"), "Show this help.")
VERSION_OPTION = Option("version", ("--version",), "Print the version.")
PAYLOAD_ARGUMENT = Argument(
    "payload",
    types.any_text("PAYLOAD")._replace(completion=Completion.JSON),
    "JSON text, @FILE, or - for standard input.",
)
DRY_RUN_OPTION = Option("dry_run", ("--dry-run", "-n"), "Print the request without sending it.")
SET_OPTIONS = (
    Option(
        "sets",
        ("--set",),
        "Set PATH to VALUE: JSON, else text.",
        _assignment(as_string=False),
        multiple=True,
    ),
    Option(
        "set_strings",
        ("--set-string",),
        "Set PATH to TEXT.",
        _assignment(as_string=True),
        multiple=True,
    ),
)
PAYLOAD_OPTIONS = (
    *SET_OPTIONS,
    Option("no_validate", ("--no-validate",), "Send the payload unchecked."),
    DRY_RUN_OPTION,
    Option("skeleton", ("--skeleton",), "Print a sample payload to start from."),
    Option("csv", ("--csv",), "With -: read CSV; its header names paths or flags."),
)

# For methods that cause a push.
WAIT_OPTION = Option("wait", ("--wait",), "Wait for the confirming push, and print it, too.")
WAIT_FOR_OPTIONS = (
    Option(
        "wait_for",
        ("--wait-for",),
        "Wait for this push of the call, and print it, too.",
        types.string("PUSH"),
    ),
    Option(
        "wait_timeout",
        ("--wait-timeout",),
        "How long to wait for the push.",
        types.DURATION,
        default="10s",
    ),
)

# For methods that list something.
PAGINATION_OPTIONS = (
    Option("all_items", ("--all",), "Follow the pages; print each item on a line."),
    Option("max_items", ("--max-items",), "Stop after N items.", types.integer("N", 1)),
)

COMPACT_OPTION = Option("compact", ("--compact",), "Print one line, even on a terminal.")
PRETTY_OPTION = Option("pretty", ("--pretty",), "Indent, even if not on a terminal.")
COLOR_OPTION = Option(
    "color",
    ("--color",),
    "Whether to color the output.",
    types.choice(("auto", "always", "never"), "WHEN"),
    default="auto",
)
ERROR_FORMAT_OPTION = Option(
    "error_format",
    ("--error-format",),
    "Error format.",
    types.choice(("text", "json"), "FORMAT"),
    envvar="RTM_ERROR_FORMAT",
    default="text",
)
OUTPUT_OPTIONS = (
    COMPACT_OPTION,
    PRETTY_OPTION,
    COLOR_OPTION,
    Option("envelope", ("--envelope",), "Print the whole response message."),
    Option("quiet", ("--quiet", "-q"), "Print nothing on success."),
    ERROR_FORMAT_OPTION,
)


def output_option(help_: str, *formats: str, default: str = "json") -> Option:
    """Make the option that chooses among the output formats of a command."""
    return Option(
        BY_NAME["output"].name,
        (BY_NAME["output"].option,),
        help_,
        types.choice(formats, BY_NAME["output"].type.metavar),
        hidden=len(formats) == 1,
        envvar=BY_NAME["output"].envvar,
        default=default,
    )


JSON_ONLY_OPTION = output_option("", "json")
LIST_OUTPUT_OPTION = output_option(
    "JSON, a table, or CSV with a header; one page, unless with --all. An empty list prints the"
    " header.",
    "json",
    "table",
    "csv",
)
TRANSCRIPT_OUTPUT_OPTION = output_option(
    "JSON, or text: the time, author and text of each event.", "json", "text"
)
STYLE_OPTIONS = (COMPACT_OPTION, PRETTY_OPTION, COLOR_OPTION, ERROR_FORMAT_OPTION)
JSON_OPTION = Option("json", ("--json",), "Print JSON.")


def _options_from_settings(*groups: Group) -> tuple[Option, ...]:
    return tuple(
        Option(
            setting.name,
            (setting.option,),
            setting.help,
            setting.type,
            multiple=setting.multiple,
            hidden=setting.hidden,
            envvar=setting.envvar,
            default=setting.default_text,
        )
        for setting in SETTINGS
        if setting.has_flag and setting.group in groups
    )


(API_OPTION,) = _options_from_settings(Group.ANY)
# For commands that do not connect, it only chooses the version of the API.
PROFILE_OPTION = Option(
    "profile", ("--profile",), "The profile to use.", types.PROFILE_NAME, hidden=True
)
LISTEN_OPTIONS = _options_from_settings(Group.LISTEN)

# For commands that read standard input as a stream.
STREAM_OPTIONS = (
    *_options_from_settings(Group.STREAM),
    Option("fail_fast", ("--fail-fast",), "Stop at the first failure."),
    Option(
        "journal",
        ("--journal",),
        "Record each call in FILE; run again to make only the rest.",
        types.PATH._replace(metavar="FILE"),
    ),
    Option("journal_answers", ("--journal-answers",), "Record the responses, too."),
    Option("retry_unknown", ("--retry-unknown",), "Repeat the calls with an unknown outcome."),
)

_VERBOSE_OPTION = Option(
    "verbose",
    ("--verbose", "-v"),
    "Log to standard error; -vv logs each step.",
    counted=True,
    envvar=BY_NAME["verbose"].envvar,
)
CONNECTION_OPTIONS = (
    API_OPTION,
    *_options_from_settings(Group.CONNECTION, Group.CALL),
    _VERBOSE_OPTION,
)

# For commands that connect and make no call.
CONNECT_ONLY_OPTIONS = (
    API_OPTION,
    *_options_from_settings(Group.CONNECTION),
    _VERBOSE_OPTION,
)

OPTION_GROUPS = (
    OptionGroup("input", "More payload options", PAYLOAD_OPTIONS),
    OptionGroup("stream", "Streams of payloads (-)", STREAM_OPTIONS, "streams"),
    OptionGroup("wait", "Confirmation", (WAIT_OPTION, *WAIT_FOR_OPTIONS)),
    OptionGroup("pages", "Pages", PAGINATION_OPTIONS),
    OptionGroup("list_output", "Output of a list", (LIST_OUTPUT_OPTION,)),
    OptionGroup("transcript_output", "Output of a chat", (TRANSCRIPT_OUTPUT_OPTION,)),
    OptionGroup("output", "Output", OUTPUT_OPTIONS),
    OptionGroup("connection", "Connection", CONNECTION_OPTIONS, "connection"),
)


def check_stream_options(options: Mapping[str, Any], *, is_stream: bool) -> None:
    """Refuse the options of a stream or a journal if there is none."""
    for name, flag in (("csv", "--csv"), ("journal", "--journal")):
        if options.get(name) and not is_stream:
            raise UsageError(f"{flag} needs a stream of payloads: add - to read standard input")
    for name, flag in (
        ("journal_answers", "--journal-answers"),
        ("retry_unknown", "--retry-unknown"),
    ):
        if options[name] and not options["journal"]:
            raise UsageError(f"{flag} needs --journal")


def known_options(api: Api, options: Iterable[Option]) -> tuple[Option, ...]:
    """Return the options that a version of the API knows."""
    return tuple(
        option
        for option in options
        if option.name not in BY_NAME or BY_NAME[option.name].is_known_to(api)
    )


def parse_values(
    cli_params: Iterable[Option | Argument], values: Mapping[str, Any], environ: Mapping[str, str]
) -> dict[str, Any]:
    """Parse the values of a command line, which are text, by the types of their options.

    Settings stay text: `settings.resolve` parses them along with their variables. They are checked
    here if the option accepts less than the setting. Raises `UsageError` that names the flag or
    variable.
    """
    parsed = dict(values)
    for row in cli_params:
        value, source, is_setting = values[row.name], row.type.metavar, row.name in BY_NAME
        if isinstance(row, Option):
            source = row.flags[0]
            if value is None and row.envvar and not is_setting:
                value, source = environ.get(row.envvar) or None, row.envvar
        if not isinstance(value, str | list) or (is_setting and row.type is BY_NAME[row.name].type):
            continue
        try:
            parsed_value = (
                row.type.parse(value)
                if isinstance(value, str)
                else [row.type.parse(item) for item in value]
            )
        except ValueError as error:
            raise UsageError(f"{source} {error}") from None
        if not is_setting:
            parsed[row.name] = parsed_value
    return parsed


def typer_signature(cli_params: Iterable[Option | Argument]) -> inspect.Signature:
    """Return the signature from which typer reads the rows; every value defaults to None."""
    return inspect.Signature([_signature_parameter(row) for row in cli_params])


def _signature_parameter(cli_param: Option | Argument) -> inspect.Parameter:
    annotation: Any = list[str] | None if cli_param.multiple else str | None
    metavar = cli_param.type.metavar
    default: Any
    if isinstance(cli_param, Argument):
        default = typer.Argument(None, metavar=metavar, show_default=False)
    elif cli_param.counted:
        default = typer.Option(0, *cli_param.flags, count=True, show_default=False)
        annotation = int
    elif metavar:
        default = typer.Option(None, *cli_param.flags, metavar=metavar, show_default=False)
    else:
        default = typer.Option(None, *cli_param.flags, show_default=False)
        annotation = bool | None
    keyword_only = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(cli_param.name, keyword_only, default=default, annotation=annotation)
