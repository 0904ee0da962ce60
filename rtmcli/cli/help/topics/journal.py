"""`rtm help journal`: runs that survive a crash."""

from collections.abc import Iterator

from rtmcli.catalogue.api import Api
from rtmcli.cli.help.blocks import Block, code_block, paragraph, table


def blocks(_: Api) -> Iterator[Block]:
    """Yield the blocks of the topic."""
    yield paragraph("""
        With --journal FILE, a stream of calls records what it does. If the run is killed or the
        machine loses power, run the same command with the same input again: it makes only the calls
        that are not settled. No value is skipped, and no call that takes effect each time is made
        twice.
    """)
    yield code_block(
        "rtm ban-customer - --ban-days 5 --journal bans.journal < bans.jsonl",
        "rtm ban-customer - --ban-days 5 --journal bans.journal -n < bans.jsonl",
    )
    yield paragraph("""
        The second command (-n) prints what a run would call, and changes nothing. Each value is
        written to the journal, and the disk has confirmed it, before its call is sent; its outcome
        is appended when the response comes. What the next run does:
    """)
    yield table(
        "Status in the journal",
        24,
        ("ok, refused", "Skips the value: it is settled."),
        ("not_sent, busy, auth", "Calls it: it was not executed."),
        ("no entry", "Calls it. A value that is not valid is checked in each run."),
        (
            "unknown, or none yet",
            (
                "It may have been executed: calls it again if that changes nothing, or if it is"
                " harmless and --retry-idempotent is given; otherwise reports it again as unknown."
            ),
        ),
    )
    yield paragraph("""
        To settle the unknown ones, list them, find out for each whether it took effect, append the
        outcomes of those that did, and repeat the others:
    """)
    yield code_block(*LIST_UNKNOWN)
    yield code_block(
        'echo \'{"input": 17, "status": "ok"}\' >> bans.journal',
        "rtm ban-customer - --ban-days 5 --journal bans.journal \\",
        "  --retry-unknown < bans.jsonl",
    )
    yield paragraph("""
        Cron may start this script every ten minutes. It prints failures only; while a run is still
        active, the next one ends with 2. It is done when its status is 0 or 9:
    """)
    yield code_block(
        "cd /var/lib/bans || exit",
        "/usr/local/bin/rtm ban-customer - -q --ban-days 5 \\",
        "  --journal bans.journal < bans.jsonl",
    )
    yield paragraph("""
        Standard output has the records of this run, with the numbers of the values in the whole
        input. The summary and the exit status speak of the whole input: 9998 ok (5990 before), 2
        refused. --fail-fast counts the failures of this run. A record that a killed run did not
        print is not printed later; --journal-answers keeps the responses in the journal. If the
        journal cannot be written, because the disk is full for example, nothing more is sent, and
        the exit status is 74.
    """)
    yield paragraph("""
        A value is identified by its number and its payload, so the input must be the same file;
        values may be appended to it. If a value differs, nothing from there on is sent, and the
        exit status is 2; a file is compared before anything is sent. So a journal is for files, not
        for pipes such as rtm listen. One journal belongs to one method, API version,
        license, agent and set of options that change payloads; other runs are refused with 2.
    """)
    yield paragraph("""
        The journal is JSON, one object per line; it contains neither tokens nor payloads. Its first
        line names what it belongs to. The last line of an input counts, also one that you append:
    """)
    yield table(
        "Lines",
        24,
        ("format, version", "rtm-journal, 1. First line only."),
        ("api, method", "The version and the method; null for rtm call - (whole requests)."),
        ("license, agent", "As the response of the login names them."),
        ("options", "What the command line adds to each payload."),
        ("input", "The number of the value, from 1."),
        (
            "sha256, request_id",
            (
                "A call is about to be sent: the hash of its payload as sent (of the request"
                " without its request_id if method is null), and its id."
            ),
        ),
        ("status, type", "Its outcome, and the type of the error."),
        ("answer", "With --journal-answers: the response payload."),
    )


# Prints the number and the request id of each value whose outcome is unknown.
LIST_UNKNOWN = (
    "jq -sc 'map(select(.input)) | group_by(.input)[]",
    '  | select(last | (.status // "unknown") == "unknown")',
    "  | {input: .[0].input, request_id: (map(.request_id // empty) | last)}' \\",
    "  bans.journal",
)
