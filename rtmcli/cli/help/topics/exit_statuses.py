"""`rtm help exit-statuses`."""

from collections.abc import Iterator

from rtmcli import errors
from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, code_block, paragraph, table

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


def blocks(_: Api) -> Iterator[Block]:
    """Yield the blocks of the topic."""
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
