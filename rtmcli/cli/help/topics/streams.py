"""`rtm help streams`."""

from collections.abc import Iterator

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, code_block, option_table, paragraph
from rtmcli.cli.options import STREAM_OPTIONS


def blocks(_: Api) -> Iterator[Block]:
    """Yield the blocks of the topic."""
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
        an array is a JSON array or its only item; an object is JSON; an empty cell is not sent.
        A leading ' before = + - @, a tab or CR, which keeps a spreadsheet from executing the text,
        is removed. A column that names no parameter is an error, and nothing is sent. In
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
