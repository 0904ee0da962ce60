"""What `rtm help TOPIC` tells beyond single commands."""

import textwrap
from collections.abc import Callable, Iterator
from typing import NamedTuple

from rtmcli import errors
from rtmcli.cli.help.formatting import WIDTH, HelpEntry, HelpSection, format_section
from rtmcli.settings.definitions import SETTINGS, TOKEN_ENVVAR


class CodeBlock(NamedTuple):
    """Lines to be typed as they stand."""

    lines: tuple[str, ...]


class Table(NamedTuple):
    """Terms and their meanings; these begin in a column."""

    section: HelpSection
    column: int


Block = str | CodeBlock | Table  # a text is a paragraph


class Topic(NamedTuple):
    """One topic: what it is about, and its text."""

    summary: str
    blocks: Callable[[], Iterator[Block]]


def format_topic(name: str) -> str:
    """Write the text of a topic."""
    return "\n\n".join(map(_format_block, TOPICS[name].blocks())) + "\n"


def _format_block(block: Block) -> str:
    match block:
        case CodeBlock(lines):
            return "\n".join(f"  {line}" for line in lines)
        case Table(section, column):
            return format_section(section, column)
        case _:
            return textwrap.fill(block, WIDTH, break_on_hyphens=False)


def _paragraph(text: str) -> str:
    return " ".join(text.split())


def _table(title: str, column: int, *rows: tuple[str, str]) -> Table:
    return Table(HelpSection(title, [HelpEntry(*row) for row in rows]), column)


def _code_block(*lines: str) -> CodeBlock:
    return CodeBlock(lines)


def _exit_statuses() -> Iterator[Block]:
    yield _paragraph("""
        The exit status says what became of the call, so that a script can decide whether to go
        on, to try again or to look first.
    """)
    yield _table(
        "Exit statuses",
        10,
        ("0", "The server said yes, and an awaited push came."),
        *((str(error.exit_code), meaning) for error, meaning in ERROR_MEANINGS.items()),
        ("129, 130, 143", "A signal ended the command: HUP, INT, TERM."),
        ("141", "Whoever read standard output is gone (rtm ... | head)."),
    )
    yield _paragraph("""
        A failed call leaves standard output empty and says on one line of standard error what
        failed, why, and what to do. With --error-format json, or RTM_ERROR_FORMAT=json, that line
        is JSON: {"error": {"type", "message", "status", "input", "action", "request_id"}, "exit"}.
    """)
    yield _code_block(
        "rtm get-archives || case $? in",
        '  5|6) sleep 60; exec "$0" ;;           # nothing was done: try again',
        "  7)   echo 'look first' >&2; exit 7 ;; # it may have been done",
        "  *)   exit 1 ;;",
        "esac",
    )


ERROR_MEANINGS: dict[type[errors.RtmError], str] = {
    errors.RtmError: "internal: a bug of rtm.",
    errors.UsageError: "usage: flags, payload, input or configuration; nothing was sent.",
    errors.Refused: "refused: the server said no and did not execute the call.",
    errors.AuthError: "auth: no token, login refused, token expired, scope missing, licence.",
    errors.NotConnected: "not connected: no call was sent; trying again is safe.",
    errors.Busy: "busy: throttled until the retries ran out; not executed; try later.",
    errors.OutcomeUnknown: "unknown: sent, and no answer to trust came; it may have taken effect.",
    errors.NotConfirmed: "not confirmed: the awaited push, or --count, did not come in time.",
    errors.PartlyFailed: "partly failed: some calls of a stream were refused, none is unknown.",
    errors.Disconnected: "disconnected: listen gave up, as the server said not to come back.",
    errors.NotWritten: "not written: standard output; standard error says what became of the call.",
}


def _payload() -> Iterator[Block]:
    yield _paragraph("""
        A payload comes from JSON, from --set and from flags, and the later of these wins: what a
        flag does not name stays as it was.
    """)
    yield _code_block(
        'rtm ban-customer \'{"customer_id": "b7ef", "ban": {"days": 5}}\'',
        "rtm ban-customer @customer.json --ban-days 5",
        "rtm ban-customer - < customer.json",
        "rtm ban-customer --customer-id b7ef --set ban.days=5",
    )
    yield _table(
        "Ways in",
        18,
        ("'{...}'", "JSON text as the argument."),
        ("@FILE", "The JSON that a file holds."),
        (
            "-",
            (
                "Standard input, which is read on - only: a call in a loop, in cron or in CI never"
                " eats or awaits it."
            ),
        ),
        (
            "--some-path VALUE",
            (
                "The flag of a parameter is its path with hyphens: ban.days is --ban-days. Arrays"
                " repeat the flag; booleans are --force and --no-force; objects take JSON or @FILE."
            ),
        ),
        (
            "--set PATH=VALUE",
            (
                "Any path, documented or not. JSON where it parses, else text; --set-string never"
                " parses. A dot within a name is written \\."
            ),
        ),
    )
    yield _paragraph("""
        Before anything is sent, the payload is checked against the method: required parameters,
        types, choices, ranges and rules across parameters. All that is wrong is told at once,
        with exit status 2. Unknown parameters pass. --no-validate sends it as it is.
    """)
    yield _paragraph("""
        --skeleton prints a sample payload to start from, --dry-run the request that would be
        sent; neither needs a token. rtm methods METHOD shows all that is known of a method.
    """)


def _streams() -> Iterator[Block]:
    yield _paragraph("""
        With -, standard input may hold many payloads: JSON values one on a line, pretty-printed
        or back to back. Each makes a call, on one connection with one login, sent as it arrives.
        Flags and --set complete or override every value.
    """)
    yield _code_block(
        "rtm ban-customer - --ban-days 5 < customers.jsonl",
        "rtm listen | jq -c --unbuffered '...' | rtm tag-chat-thread -",
    )
    yield _paragraph("""
        Each value gives one line on standard output, in the order of the input: the answer's
        payload, or {"error": {"type", "message", "status", "input", "action", "request_id"}}
        where input counts from 1 and status is refused, auth, busy, unknown, not_sent or usage.
        A summary follows on standard error.
    """)
    yield _table(
        "Options",
        18,
        ("--window N", "Calls in flight at once: 8, at most 10."),
        ("--rate N", "Calls a second at most."),
        ("--fail-fast", "Stop at the first failure."),
    )
    yield _paragraph("""
        rtm call - reads whole requests, {"action", "payload", "request_id"?, "author_id"?}, to mix
        methods; the request_id of each may be anything, and is given back in its record.
    """)
    yield _paragraph("""
        The exit status is that of the gravest record: 7 where an outcome is unknown, else 4 for
        auth, 5 for not_sent, 2 for usage (malformed, or not valid), 9 for refused and busy. A
        malformed line costs one record; behind a malformed value of several lines nothing is read.
    """)
    yield _paragraph("""
        When the connection dies, answers that came count, reads are asked again, other calls in
        flight are unknown (auth, and told that they may have taken effect, where the token was
        revoked or the like), and a new connection takes over. Where none can be had, what has been
        read is not_sent: a file to its end, a pipe for a moment. A signal stops the sending; what
        is in flight is awaited for a moment, then named on standard error.
    """)


def _listen() -> Iterator[Block]:
    yield _paragraph("""
        rtm listen logs in and prints every push as one JSON line, as it was received, until it is
        stopped. It pings, notices a dead connection, and reconnects by itself.
    """)
    yield _code_block(
        "rtm listen --action incoming_event | jq -r .payload.event.text",
        "rtm listen --count 1 --for 30s --action customer_banned",
    )
    yield _paragraph("""
        The API replays nothing. So each time a connection was lost, one line marks the gap before
        the next push: {"type": "rtm.gap", "from", "to", "reason"}. Whoever must not miss
        anything asks for the state again after it.
    """)
    yield _paragraph("""
        It ends with status 0 once --count or --for is reached, with 8 where --count is not
        reached within --for, and with 10 or 4 where the server says not to come back. It never
        ends with 0 because of a lost connection.
    """)
    yield _paragraph("""
        To wait for the push of one call, use its --wait: the waiter is there before the call is
        sent, so that nothing is missed between the two. All options: rtm listen --help.
    """)


def _tokens() -> Iterator[Block]:
    yield _paragraph("""
        Every connection logs in with an access token. It comes from the first of these that is
        there:
    """)
    yield _table(
        "Sources",
        18,
        ("--token-file PATH", "A file with nothing but the token."),
        (TOKEN_ENVVAR, "The environment."),
        ("the profile", "token_command, token_file or token of the configuration file."),
    )
    yield _code_block(
        "export RTM_TOKEN=$(pass show livechat/token)",
        "rtm doctor",
    )
    yield _paragraph("""
        No flag takes a token, as everybody on the machine can read the arguments of a process. A
        bare token gets the scheme Bearer; one with a scheme keeps it. The token is never shown:
        not in results, errors, messages of -v or dry runs.
    """)
    yield _paragraph("""
        Tokens that begin with dal: or fra: name the region of their licence, which is then
        called; else --region or the profile says it, or it is dal.
    """)
    yield _paragraph("""
        rtm sandbox needs no account: it makes tokens of its own and hands them to the command
        that it runs.
    """)


def _environment() -> Iterator[Block]:
    yield _paragraph("""
        A setting comes from its flag, else its variable, else the profile, else its default.
        rtm config list shows each value and where it comes from.
    """)
    yield _table(
        "Variables",
        26,
        ("RTM_CONFIG", "The configuration file."),
        ("RTM_ERROR_FORMAT", "json: errors as JSON lines."),
        *((setting.envvar, setting.help) for setting in SETTINGS if not setting.hidden),
        ("NO_COLOR", "Anything: no colours."),
        ("HTTPS_PROXY, ALL_PROXY", "The HTTP proxy, unless --proxy or its variable is set."),
        ("SSL_CERT_FILE", "The authorities to trust, unless --ca-file is given."),
    )
    yield _paragraph("""
        Durations read 500ms, 10s, 5m or 1h; a bare number is seconds. Switches read true or false.
    """)


def _sandbox_choices() -> Iterator[Block]:
    from rtmcli.sandbox.undocumented import UNDOCUMENTED_BEHAVIOR  # only for those who ask

    yield _paragraph("""
        The sandbox does what the documents of the API say. Where they say nothing, it had to
        choose; a program that is tried against it had better not depend on these choices.
    """)
    yield from UNDOCUMENTED_BEHAVIOR


TOPICS = {
    "exit-statuses": Topic("What the exit status says.", _exit_statuses),
    "payload": Topic("How to write a payload.", _payload),
    "streams": Topic("Many calls from standard input.", _streams),
    "listen": Topic("Pushes, reconnecting, gaps.", _listen),
    "tokens": Topic("Where the access token comes from.", _tokens),
    "environment": Topic("The variables that count.", _environment),
    "sandbox-choices": Topic("What the sandbox does where nobody says.", _sandbox_choices),
}
