"""The topics of `rtm help TOPIC`, beyond single commands."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import NamedTuple

from rtmcli import errors
from rtmcli.catalogue.api import Api
from rtmcli.catalogue.versions import DEFAULT_VERSION
from rtmcli.cli.help import version_topics
from rtmcli.cli.help.blocks import (
    Block,
    CodeBlock,
    Table,
    code_block,
    format_block,
    option_table,
    paragraph,
    table,
)
from rtmcli.cli.help.formatting import HelpEntry, with_notes
from rtmcli.cli.help.layout import PLAIN, Layout
from rtmcli.cli.help.translation import translate
from rtmcli.cli.options import STREAM_OPTIONS
from rtmcli.protocol import suggestions
from rtmcli.protocol.escaping import truncate
from rtmcli.settings.definitions import SETTINGS, TOKEN_ENVVAR, Setting


class Topic(NamedTuple):
    """A topic: its summary and its text."""

    summary: str
    blocks: Callable[[Api], Iterator[Block]]
    is_about_versions: bool = False  # its names are those of the version that it says
    sections: Callable[[Api], Mapping[str, Sequence[Block]]] = lambda _: {}  # shown one by one


def format_topic(api: Api, name: str, layout: Layout = PLAIN, section: str | None = None) -> str:
    """Format the text of a topic, or of a section of it, for a version of the API."""
    blocks = _own_blocks(api, TOPICS[name])
    if section is not None:
        sections = TOPICS[name].sections(api)
        if section not in sections:
            hint = suggestions.did_you_mean(section, sections) or f"; see rtm help {name}"
            raise errors.UsageError(f"help {name} has no section {truncate(section)}{hint}")
        blocks = _with_version_note(api, sections[section])
    return "\n\n".join(format_block(block, layout) for block in blocks) + "\n"


def topic_blocks(api: Api, name: str) -> Iterator[Block]:
    """Yield the blocks of a topic and of its sections, in the names of a version of the API."""
    yield from _own_blocks(api, TOPICS[name])
    for section in TOPICS[name].sections(api).values():
        yield from section


def _own_blocks(api: Api, topic: Topic) -> Iterator[Block]:
    return _with_version_note(api, [*_translated(api, topic, topic.blocks(api))])


def _with_version_note(api: Api, blocks: Sequence[Block]) -> Iterator[Block]:
    yield from blocks
    lines = [line for block in blocks if isinstance(block, CodeBlock) for line in block.lines]
    if lines and api.version != DEFAULT_VERSION and not any("--api" in line for line in lines):
        yield f"The examples are for API {api.version}: set RTM_API={api.version} to run them."


def _translated(api: Api, topic: Topic, blocks: Iterable[Block]) -> Iterator[Block]:
    for block in blocks:
        if topic.is_about_versions:
            yield block
        elif isinstance(block, CodeBlock):
            yield CodeBlock(tuple(translate(api, line) for line in block.lines))
        elif isinstance(block, Table):
            entries = [
                HelpEntry(*(translate(api, text) for text in row)) for row in block.section.entries
            ]
            yield block._replace(section=block.section._replace(entries=entries))
        else:
            yield translate(api, block)


def _lazily(module: str, function: str) -> Callable[[Api], Iterator[Block]]:
    """Return a topic's function that imports its module when it is called."""

    def blocks(api: Api) -> Iterator[Block]:
        topic = import_module(f"rtmcli.cli.help.{module}")
        yield from getattr(topic, function)(api)

    return blocks


def _exit_statuses(_: Api) -> Iterator[Block]:
    yield paragraph("""
        The exit status says whether the call was executed, so that a script can decide whether to
        continue, to retry or to check first.
    """)
    yield table(
        "Exit statuses",
        10,
        ("0", "Success: the server accepted the call, and an awaited push arrived."),
        *((str(error.exit_code), meaning) for error, meaning in ERROR_MEANINGS.items()),
        ("129, 130, 143", "A signal ended the command: HUP, INT, TERM."),
        ("141", "The reader of standard output exited (rtm ... | head)."),
    )
    yield paragraph("""
        If a call fails, standard output stays empty, and one line on standard error says what
        failed, why, and what to do. With --error-format json, or RTM_ERROR_FORMAT=json, that line
        is JSON: {"error": {"type", "message", "status", "input", "action", "request_id"}, "exit"};
        all other lines of standard error are JSON, too: {"notice": {"type", "message"}}.
    """)
    yield code_block(
        "until rtm ban-customer @customer.json; do",
        "  case $? in",
        "    5|6) sleep 60 ;;                         # not executed: retry",
        "    7)   echo 'check first' >&2; exit 7 ;;   # may have been executed",
        "    *)   exit 1 ;;",
        "  esac",
        "done",
    )


ERROR_MEANINGS: dict[type[errors.RtmError], str] = {
    errors.RtmError: "internal: a bug in rtm.",
    errors.UsageError: "usage: invalid flags, payload, input or configuration; nothing was sent.",
    errors.Refused: "refused: the server rejected the call and did not execute it.",
    errors.AuthError: (
        "auth: no token, login refused, token expired, scope missing, or license not accepted; the "
        "message says if an earlier attempt may have been executed."
    ),
    errors.NotConnected: (
        "not connected: no call was sent; safe to retry. HTTP 401 or 403 from a proxy or gateway"
        " counts, too."
    ),
    errors.Busy: "busy: throttled until the retries ran out; not executed; try later.",
    errors.OutcomeUnknown: (
        "unknown: sent, but no valid response arrived; it may have been executed."
    ),
    errors.NotConfirmed: "not confirmed: the awaited push, or --count, did not arrive in time.",
    errors.PartlyFailed: (
        "partly failed: some calls of a stream were refused; no outcome is unknown."
    ),
    errors.Disconnected: "disconnected: listen ended because the server forbids reconnecting.",
    errors.NotWritten: (
        "not written: cannot write standard output, or a journal; the message on standard error"
        " says whether the call was executed."
    ),
}


def _payload(_: Api) -> Iterator[Block]:
    yield paragraph("""
        A payload is built from JSON, then --set, then flags; a later source overrides an earlier
        one, and the rest is kept.
    """)
    yield code_block(
        'rtm ban-customer \'{"customer_id": "b7ef", "ban": {"days": 5}}\'',
        "rtm ban-customer @customer.json --ban-days 5",
        "rtm ban-customer - < customer.json",
        "rtm ban-customer --customer-id b7ef --set ban.days=5",
    )
    yield table(
        "Sources",
        18,
        ("'{...}'", "JSON text as the argument."),
        ("@FILE", "JSON from a file."),
        (
            "-",
            (
                "JSON from standard input, which is read only if - is given: a call in a loop, in"
                " cron or in CI never consumes or waits for it."
            ),
        ),
        (
            "--some-path VALUE",
            (
                "The flag of a parameter is its path with hyphens: ban.days is --ban-days. Repeat"
                " the flag for arrays; booleans are --force and --no-force; objects take JSON or"
                " @FILE. A text is sent as it is, also if it begins with @; --text-file PATH reads"
                " the text of a message from a file, or from standard input for -."
            ),
        ),
        (
            "--set PATH=VALUE",
            (
                "Set any path, documented or not. VALUE is parsed as JSON if it is valid JSON, and"
                " is text otherwise; --set-string always takes text. Escape a dot within a name"
                " as \\."
            ),
        ),
    )
    yield paragraph("""
        Before anything is sent, the payload is validated against the method: required parameters,
        types, choices, ranges and rules across parameters. All errors are reported together, with
        exit status 2. Unknown parameters are allowed. --no-validate skips the validation.
    """)
    yield paragraph("""
        --skeleton prints a sample payload, and --dry-run prints the request without sending it;
        neither needs a token. rtm methods METHOD shows the details of a method.
    """)


def _streams(_: Api) -> Iterator[Block]:
    yield paragraph("""
        With -, standard input may hold many payloads: JSON values, one per line, pretty-printed or
        concatenated. Each value makes one call, sent as soon as it is read. All calls use one
        connection with one login. Flags and --set complete or override every value.
    """)
    yield code_block(
        "rtm ban-customer - --ban-days 5 < customers.jsonl",
        "set -o pipefail  # in bash: no failure of a pipeline is lost",
        "rtm listen | jq -c --unbuffered '...' | rtm tag-chat-thread -",
    )
    yield paragraph("""
        With --csv, the values are the rows of a CSV file, as spreadsheets save it. The header names
        the parameters, by path (ban.days) or flag (--ban-days); the delimiter is the tab, semicolon
        or comma that is most frequent in it. A string is taken literally, with its leading zeros;
        an array is a JSON array or its only item; an object is JSON; an empty cell is not sent. A
        leading ' before = + - @, a tab or CR, which keeps a spreadsheet from executing the
        text, is removed. A column that names no parameter is an error, and nothing is sent. In
        records, input counts the rows after the header, and messages name the line of the file.
    """)
    yield code_block("rtm ban-customer - --csv --ban-days 5 < customers.csv")
    yield paragraph("""
        Each value produces one line on standard output, in input order: the response payload, or
        {"error": {"type", "message", "status", "input", "action", "request_id"}}, in which input
        counts from 1 and status is refused, auth, busy, unknown, not_sent or usage. A summary
        follows on standard error.
    """)
    yield option_table("Options", STREAM_OPTIONS)
    yield paragraph("""
        A run with --journal can be run again after a crash without making a call twice: see
        rtm help journal.
    """)
    yield paragraph("""
        rtm call - reads whole requests, {"action", "payload", "request_id"?, "author_id"?}, so that
        one stream can mix methods. A request_id may be any JSON value; the record of the request
        repeats it.
    """)
    yield paragraph("""
        The exit status is that of the most severe record: 7 if an outcome is unknown, otherwise 4
        for auth, 5 for not_sent, 2 for usage (malformed or invalid values), 9 for refused and
        busy. A malformed line costs one record; after a malformed value of several lines, or a
        malformed quote of CSV, nothing more is read.
    """)
    yield paragraph("""
        If the connection is lost, received responses count, read-only calls are sent again, other
        calls in flight are unknown (or auth, with a note that they may have been executed, if for
        example the token was revoked), and a new connection continues the stream. If no connection
        can be made, the values read are not_sent: a file up to its end, a pipe for a moment. A
        signal stops sending; rtm waits briefly for the calls in flight and then lists the
        unanswered ones on standard error.
    """)


def _listen(_: Api) -> Iterator[Block]:
    yield paragraph("""
        rtm listen logs in and prints every push as one JSON line, as received, until it is
        stopped. On a terminal it prints a line of text for people instead: local time, push, chat,
        who and what; --output json or RTM_OUTPUT=json prints JSON there, too. It sends pings,
        detects a lost connection, and reconnects automatically.
    """)
    yield code_block(
        "set -o pipefail  # in bash: no failure of a pipeline is lost",
        "rtm listen --action incoming_event | jq -r .payload.event.text",
        "rtm listen --count 1 --for 30s --action customer_banned",
        "rtm listen --count 1 -- rtm send-event --chat-id PJ0MRSHTDG --text Hi",
    )
    yield paragraph("rtm help pushes lists the names of the pushes.")
    yield paragraph("""
        The API replays nothing. After each lost connection, one line marks the gap before the next
        push: {"type": "rtm.gap", "from", "to", "reason"}. To miss nothing, fetch the state again
        after a gap.
    """)
    yield paragraph("""
        The exit status is 0 if --count, --for or --idle is reached, 8 if --count is not reached
        within --for or --idle, 5 if --for or --idle ends without a connection, and 10 or 4 if
        the server forbids reconnecting. A lost connection never leads to status 0.
    """)
    yield paragraph("""
        A command after -- starts once rtm listen has logged in, so that no push of its calls is
        missed. It has nothing to read, and its output goes to standard error. If it fails,
        listening stops with its status; if listening stops first, the command is ended.
    """)
    yield paragraph("""
        Under systemd, in a unit with Type=notify, rtm listen reports that it is ready after the
        login, each loss of the connection as the status of the unit, and, with WatchdogSec=, that
        it is alive.
    """)
    yield paragraph("""
        To wait for the push of one call, use the --wait option of the call: it starts waiting
        before the call is sent, so that the push cannot be missed. All options: rtm listen --help.
    """)


def _tokens(_: Api) -> Iterator[Block]:
    yield paragraph("""
        Every connection logs in with an access token, from the first of these sources that is set
        (with --profile, the profile comes before the variables):
    """)
    yield table(
        "Sources",
        18,
        ("--token-file PATH", "A file that contains only the token."),
        (TOKEN_ENVVAR, "The variable; also RTM_TOKEN_FILE and RTM_TOKEN_COMMAND."),
        ("the profile", "token_command, token_file or token in the configuration file."),
    )
    yield code_block(
        "export RTM_TOKEN=$(pass show livechat/token)",
        "rtm doctor",
    )
    yield paragraph("""
        No flag takes a token, because every user of the machine can read the arguments of a
        process. A token without a scheme is sent as Bearer; one with a scheme is sent as it is. The
        token is never printed: not in results, errors, messages of -v or dry runs.
    """)
    yield paragraph("""
        A personal access token belongs to an account: with account_id in the profile or
        RTM_ACCOUNT_ID, which is no secret, it is sent as Basic, the Base64 of both; the Base64 that
        the vendor's console shows is recognized without it. The vendor documents these tokens for
        its Web API, and its SDKs send them at this login, too.
    """)
    yield paragraph("""
        A token_command prints the token, or one line of JSON as the vendor's token endpoint returns
        it: {"access_token", "expires_in"}. With expires_in, rtm listen of API 3.6 replaces the
        token of its session when a tenth of that time is left.
    """)
    yield paragraph("""
        The region to connect to is --region, RTM_REGION or region of the profile; otherwise the
        one that the token begins with (dal: or fra:), or dal.
    """)
    yield paragraph("""
        rtm sandbox needs no account: it creates its own tokens and passes one to the command that
        it runs.
    """)


def _environment(_: Api) -> Iterator[Block]:
    yield paragraph("""
        A setting comes from its flag, else its variable, else the profile, else its default. If
        --profile is given as a flag, the profile comes before the variables. rtm config list shows
        each value and its source.
    """)
    yield table(
        "Variables",
        26,
        ("RTM_CONFIG", "The configuration file."),
        ("RTM_SANDBOX", "1: read no profile; set by rtm sandbox -- COMMAND."),
        ("RTM_ERROR_FORMAT", "json: print errors as JSON lines."),
        *(
            (setting.envvar, with_notes(setting.help, _default_note(setting)))
            for setting in SETTINGS
            if not setting.hidden
        ),
        ("NO_COLOR, CLICOLOR=0", "Disable colors."),
        ("CLICOLOR_FORCE", "Color help and errors even if they do not go to a terminal."),
        ("COLUMNS", "The width of help, from 60 to 100; else that of the terminal."),
        ("HTTPS_PROXY, ALL_PROXY", "The HTTP proxy, unless --proxy or its variable is set."),
        ("SSL_CERT_FILE", "CA certificates to trust (PEM), unless --ca-file is given."),
    )
    yield paragraph("""
        Durations are written 500ms, 10s, 5m or 1h; a bare number is in seconds. Booleans are true
        or false.
    """)


def _default_note(setting: Setting) -> list[str]:
    return [f"default: {setting.default_text}"] if setting.default_text else []


def _sandbox_choices(api: Api) -> Iterator[Block]:
    from rtmcli.sandbox.undocumented import undocumented_behavior  # not needed by other topics

    yield paragraph("""
        The sandbox behaves as the API documentation says. The documentation does not cover the
        behavior below, so the real server may differ; programs should not depend on it.
    """)
    yield from undocumented_behavior(api.version)


def _recipe_sections(api: Api) -> Mapping[str, Sequence[Block]]:
    from rtmcli.cli.help.recipes import topic  # not needed by other topics

    return topic.sections(api)


TOPICS = {
    "recipes": Topic(
        "Whole tasks, with the commands that do them.",
        _lazily("recipes.topic", "blocks"),
        is_about_versions=True,
        sections=_recipe_sections,
    ),
    "api-versions": Topic(
        "The versions of the API, and what changed.",
        version_topics.api_versions,
        is_about_versions=True,
    ),
    "exit-statuses": Topic("The meaning of each exit status.", _exit_statuses),
    "payload": Topic("How to write a payload.", _payload),
    "streams": Topic("Many calls from standard input.", _streams),
    "journal": Topic("Streams that survive a crash.", _lazily("journal_topic", "journal")),
    "listen": Topic("Pushes, reconnecting, gaps.", _listen),
    "events": Topic(
        "The members of events, rich messages and filters.",
        _lazily("events_topic", "events"),
        is_about_versions=True,
    ),
    "pushes": Topic("The pushes of the API.", version_topics.pushes, is_about_versions=True),
    "connection": Topic("The options for connecting.", _lazily("connection_topic", "connection")),
    "tokens": Topic("Where the access token comes from.", _tokens),
    "environment": Topic("Environment variables.", _environment),
    "sandbox-choices": Topic(
        "Sandbox behavior that the API documentation does not cover.", _sandbox_choices
    ),
}
