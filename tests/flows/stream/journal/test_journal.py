"""A second run with the same journal makes the calls that are not settled, and no other."""

import json
import resource
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import (
    LOGIN_RESPONSE,
    Behavior,
    FaultServer,
    close,
    drop,
    execute,
    push,
    respond,
    respond_error,
)
from support.journal import (
    DEFAULT_OPTIONS,
    append_outcome,
    entries,
    open_journal,
    statuses,
)
from support.stream import PipeSource, RecordedOutcome, run_stream

from rtmcli.errors import UsageError
from rtmcli.flows.stream.flow import Stream, StreamOptions
from rtmcli.flows.stream.journal.journal import JournalOptions

READ_ONLY, IDEMPOTENT, NEVER = "get_archives", "ban_customer", "send_event"
RETRY_UNKNOWN = JournalOptions(retry_unknown=True)
RETRY_IDEMPOTENT = JournalOptions(retry_idempotent=True)


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Limit the size of the files that this process writes, as a full disk does."""
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # of modules that are imported meanwhile
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
        monkeypatch.undo()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a journal that does not exist yet."""
    return tmp_path / "journal"


def values_of(*actions: str) -> list[Any]:
    """Return numbered calls."""
    return [{"action": action, "payload": {"n": n}} for n, action in enumerate(actions, 1)]


def run(
    server: FaultServer,
    path: Path,
    values: Iterable[Any],
    journal_options: JournalOptions = DEFAULT_OPTIONS,
    **options: Any,
) -> tuple[list[RecordedOutcome], Stream]:
    """Run a stream with a journal."""
    journal = open_journal(path, journal_options)
    source = PipeSource(values).write_eof()
    return run_stream(server.url, source, journal=journal, **options)


def outcomes(*arguments: Any, **options: Any) -> list[tuple[int, str]]:
    """Run a stream with a journal; return the numbers and statuses of its records."""
    return [record[:2] for record in run(*arguments, **options)[0]]


def test_a_run_writes_intents_and_outcomes(path: Path) -> None:
    """After the header, which names version, license, agent and options."""
    with FaultServer() as server:
        server.on("*", respond(), respond_error("validation", "no"))
        assert outcomes(server, path, values_of(NEVER, NEVER), window=1) == [
            (1, "ok"),
            (2, "refused"),
        ]
        ids = [request.request_id for request in server.requests]
    header = json.loads(path.read_text().splitlines()[0])
    assert header == {
        "format": "rtm-journal",
        "version": 1,
        "api": "3.0",
        "method": None,
        "license": "104130623",
        "agent": "agent@example.com",
        "options": {},
    }
    hashes = [entry.pop("sha256", None) for entry in entries(path)]
    assert [entry for entry in entries(path) if entry.pop("sha256", 1)] == [
        {"input": 1, "request_id": ids[0]},
        {"input": 1, "status": "ok"},
        {"input": 2, "request_id": ids[1]},
        {"input": 2, "status": "refused", "type": "validation"},
    ]
    assert len(hashes[0]) == len(hashes[2]) == 64
    assert hashes[0] != hashes[2]


def test_settled_calls_are_skipped(path: Path) -> None:
    """A second run makes no connection; it counts them."""
    values = values_of(NEVER, NEVER, NEVER)
    with FaultServer() as server:
        server.on("*", respond(), respond_error("validation"), respond())
        run(server, path, values, window=1)
        size = path.stat().st_size
        records, stream = run(server, path, values)
        assert (records, server.connection_count) == ([], 1)
    assert stream.status_counts == {"ok": 2, "refused": 1}
    assert path.stat().st_size == size


AGENT_DELETED = push("agent_disconnected", {"reason": "agent_deleted"})


@pytest.mark.parametrize(
    ("behavior", "status", "journaled"),
    [
        (respond(), "ok", "ok"),
        (respond_error("validation"), "refused", "refused"),
        (respond_error("authorization"), "auth", "auth"),
        (respond_error("too_many_requests"), "busy", "busy"),
        (respond_error("internal"), "unknown", "unknown"),
        ([execute(), drop()], "unknown", "unknown"),
        ([execute(), AGENT_DELETED, close(1000)], "auth", "unknown"),
    ],
)
def test_only_calls_that_were_not_executed_are_made_again(
    path: Path, behavior: Behavior, status: str, journaled: str
) -> None:
    """An agent that was deleted may have executed the call before: its outcome is unknown."""
    values = values_of(NEVER)
    with FaultServer() as server:
        server.on(NEVER, behavior)
        assert outcomes(server, path, values) == [(1, status)]
        assert statuses(path) == {1: journaled}
        server.on(NEVER, respond())
        again = {"ok": [], "refused": [], "unknown": [(1, "unknown")]}.get(journaled, [(1, "ok")])
        assert outcomes(server, path, values) == again
        assert len(server.executed) <= 1


def test_calls_that_were_never_sent_are_made(path: Path) -> None:
    """Here because the connection is refused: the journal is empty, and no header names a login."""
    values = values_of(NEVER, NEVER)
    with FaultServer() as server:
        server.on("login", respond_error("authentication"), respond())
        assert outcomes(server, path, values) == [(1, "auth"), (2, "auth")]
        assert path.read_bytes() == b""
        assert outcomes(server, path, values) == [(1, "ok"), (2, "ok")]


@pytest.mark.parametrize(
    ("action", "options", "repeated"),
    [
        (READ_ONLY, JournalOptions(), True),
        (IDEMPOTENT, JournalOptions(), False),
        (IDEMPOTENT, RETRY_IDEMPOTENT, True),
        (NEVER, RETRY_IDEMPOTENT, False),
        (NEVER, RETRY_UNKNOWN, True),
    ],
)
def test_unknown_calls_are_repeated_if_that_is_safe_or_asked_for(
    path: Path, action: str, options: JournalOptions, repeated: bool
) -> None:
    """Otherwise they are reported again, with the request id of the earlier run."""
    with FaultServer() as server:
        server.on(action, [execute(), drop()])
        run(server, path, values_of(action))
        server.on(action, respond())
        [record], stream = run(server, path, values_of(action), options)
        assert server.count(action) > 1 if repeated else len(server.executed) == 1
    assert record.status == ("ok" if repeated else "unknown")
    assert statuses(path) == {1: record.status}
    if not repeated:
        assert "--retry-unknown" in record.message
        assert stream.tracker.first_failure
        [intent, _] = entries(path)
        assert stream.tracker.first_failure[0].request.request_id == intent["request_id"]


def test_an_idempotent_call_that_is_refused_when_repeated_stays_unknown(path: Path) -> None:
    """The first attempt may be why; only after a look, a refusal settles it."""
    values = values_of(IDEMPOTENT)
    with FaultServer() as server:
        server.on(IDEMPOTENT, [execute(), drop()])
        run(server, path, values)
        server.on(IDEMPOTENT, respond_error("validation", "already"))
        [record], _ = run(server, path, values, RETRY_IDEMPOTENT)
        assert (record.status, statuses(path)) == ("unknown", {1: "unknown"})
        assert record.message.endswith("; then validation: already")
        assert outcomes(server, path, values, RETRY_UNKNOWN) == [(1, "refused")]
    assert statuses(path) == {1: "refused"}


def test_an_unknown_call_that_cannot_be_repeated_stays_unknown(path: Path) -> None:
    """Also if it was not sent this time."""
    values = values_of(IDEMPOTENT)
    with FaultServer() as server:
        server.on(IDEMPOTENT, [execute(), drop()])
        run(server, path, values)
        server.on("login", respond_error("authentication"))
        for options, status in ((RETRY_IDEMPOTENT, "unknown"), (RETRY_UNKNOWN, "auth")):
            assert outcomes(server, path, values, options) == [(1, status)]
            assert statuses(path) == {1: "unknown"}


def test_an_outcome_that_a_person_appends_counts(path: Path) -> None:
    """With or without a line end."""
    values = values_of(NEVER, NEVER, NEVER)
    with FaultServer() as server:
        server.on(NEVER, [execute(), drop()])
        run(server, path, values, window=3)
        server.on(NEVER, respond())
        append_outcome(path, 1, "ok")
        append_outcome(path, 2, "not_sent")
        with path.open("ab") as file:
            file.truncate(path.stat().st_size - 1)
        assert outcomes(server, path, values) == [(2, "ok"), (3, "unknown")]
        assert statuses(path) == {1: "ok", 2: "ok", 3: "unknown"}
        append_outcome(path, 3, "refused")
        assert outcomes(server, path, values) == []


def test_values_that_are_appended_to_the_input_are_called(path: Path) -> None:
    """Equal payloads are different values."""
    value = {"action": NEVER, "payload": {}}
    with FaultServer() as server:
        assert outcomes(server, path, [value] * 2) == [(1, "ok"), (2, "ok")]
        assert outcomes(server, path, [value] * 4) == [(3, "ok"), (4, "ok")]
        assert outcomes(server, path, [value] * 4) == []


def test_values_that_are_not_valid_are_checked_in_each_run(path: Path) -> None:
    """They have no entry; once they are valid, they are called."""
    values = values_of(NEVER, NEVER, NEVER)
    with FaultServer() as server:
        invalid = [b"{bad}\n", values[1], b"{bad}\n"]
        assert outcomes(server, path, invalid) == [(1, "usage"), (2, "ok"), (3, "usage")]
        assert outcomes(server, path, invalid) == [(1, "usage"), (3, "usage")]
        assert outcomes(server, path, values) == [(1, "ok"), (3, "ok")]


@pytest.mark.parametrize("changed", [{"action": NEVER, "payload": {"n": 7}}, b"{bad}\n"])
def test_nothing_is_sent_from_the_first_value_that_is_another(path: Path, changed: Any) -> None:
    """Earlier records stand; it has a record, and nothing more is read."""
    values = values_of(*[NEVER] * 5)
    with FaultServer() as server:
        run(server, path, values[1:4])
        shifted = [*values[1:3], changed, *values[4:]]
        records, stream = run(server, path, shifted)
        assert [record[:2] for record in records] == [(3, "usage")]
        assert "is not the one that" in records[0].message or changed == b"{bad}\n"
        assert len(server.executed) == 3
    assert (stream.input_refused, stream.input_exhausted) == (True, False)
    assert stream.status_counts == {"ok": 2, "usage": 1}


def test_an_input_that_is_too_short_is_named(path: Path) -> None:
    """It is another one."""
    with FaultServer() as server:
        run(server, path, values_of(*[NEVER] * 5))
    journal = open_journal(path)
    assert journal.last_input == 5
    assert journal.input_ended(5) is None
    error = journal.input_ended(4)
    assert error
    assert error.message.startswith(f"the input ended after 4 values, but {path} has an entry of")
    journal.close()


@pytest.mark.parametrize(
    ("place", "value"), [(("license", "id"), "7"), (("my_profile", "id"), "other@example.com")]
)
def test_a_journal_of_another_license_or_agent_is_refused(
    path: Path, place: tuple[str, str], value: str
) -> None:
    """After the login, before any call; nothing is written, and no value has a record."""
    values = values_of(NEVER)
    with FaultServer() as server:
        run(server, path, values)
        text = path.read_text()
        login = json.loads(json.dumps(LOGIN_RESPONSE))
        login[place[0]][place[1]] = value
        server.on("login", respond(login))
        label = "license" if place[0] == "license" else "agent"
        message = f'belongs to {label} "[^"]*", not "{value}"; use another file$'
        with pytest.raises(UsageError, match=message):
            run(server, path, values * 2)
        assert server.count(NEVER) == 1
    assert path.read_text() == text
    open_journal(path).close()  # it is not locked


def test_another_agent_after_a_new_login_ends_the_stream(path: Path) -> None:
    """The earlier records stand."""
    other = json.loads(json.dumps(LOGIN_RESPONSE))
    other["my_profile"]["id"] = "other@example.com"
    with FaultServer() as server:
        server.on("login", respond(), respond(other))
        server.on(NEVER, respond(), [execute(), drop()], respond())
        records, _ = run(server, path, values_of(*[NEVER] * 4), window=1)
        assert server.count(NEVER) == 2
    assert [record.status for record in records] == ["ok", "unknown", "not_sent", "not_sent"]
    assert 'belongs to agent "agent@example.com", not "other@' in records[2].message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"method": "ban_customer"}, 'belongs to method "ban_customer", not (any)'),
        ({"added": {"payload": {"a": 1}}}, 'belongs to the options {"payload":{"a":1}}, not {}'),
    ],
)
def test_a_journal_of_other_calls_is_refused(
    path: Path, changes: dict[str, Any], message: str
) -> None:
    """Before anything is connected."""
    with FaultServer() as server:
        journal = open_journal(path, **changes)
        run_stream(server.url, PipeSource(values_of(NEVER)).write_eof(), journal=journal)
    with pytest.raises(UsageError) as caught:
        open_journal(path)
    assert caught.value.message == f"--journal: {path} {message}; use another file"


def test_a_file_that_is_not_a_journal_is_refused_and_left(path: Path) -> None:
    """Such as the input."""
    path.write_bytes(b'{"customer_id": "x"}')
    with pytest.raises(UsageError, match=r"journal is not a journal$"):
        open_journal(path)
    assert path.read_bytes() == b'{"customer_id": "x"}'


@pytest.mark.parametrize("torn", [b'{"input":2,"sha25', b'{"input":2,"sta\0\0\0', b"\0" * 5000])
def test_a_torn_end_is_cut_off_before_the_next_entry(path: Path, torn: bytes) -> None:
    """Not before: a run that writes nothing leaves the file as it is."""
    values = values_of(NEVER, NEVER)
    with FaultServer() as server:
        run(server, path, values[:1])
        whole = path.read_bytes()
        path.write_bytes(whole + torn)
        assert outcomes(server, path, values[:1]) == []
        assert path.read_bytes() == whole + torn
        assert outcomes(server, path, values) == [(2, "ok")]
    assert path.read_bytes().startswith(whole)
    assert statuses(path) == {1: "ok", 2: "ok"}


@pytest.mark.parametrize("torn", [b"", b'{"format":"rtm-jour', b'{"format":"rtm-journal","ve\0'])
def test_a_file_without_a_whole_header_is_new(path: Path, torn: bytes) -> None:
    """A run that ended before anything was sent leaves it."""
    path.write_bytes(torn)
    with FaultServer() as server:
        assert outcomes(server, path, values_of(NEVER)) == [(1, "ok")]
    assert statuses(path) == {1: "ok"}


def test_an_empty_input_creates_no_file(path: Path) -> None:
    """Nor does one without a valid value."""
    with FaultServer() as server:
        run(server, path, [])
        run(server, path, [b"{bad}\n"])
        assert (server.connection_count, path.exists()) == (0, False)


def test_a_read_only_journal_decides_and_changes_nothing(path: Path) -> None:
    """For --dry-run."""
    journal = open_journal(path, read_only=True)
    assert journal.last_input == 0
    journal.close()
    assert not path.exists()


def test_fail_fast_counts_the_failures_of_this_run(path: Path) -> None:
    """A value that is unknown since an earlier run does not end it."""
    values = values_of(NEVER, NEVER, NEVER)
    with FaultServer() as server:
        server.on(NEVER, [execute(), drop()], respond_error("validation"), respond())
        run(server, path, values[:1])
        fail_fast = StreamOptions(fail_fast=True)
        records, stream = run(server, path, values, window=1, stream_options=fail_fast)
    assert [record[:2] for record in records] == [(1, "unknown"), (2, "refused")]
    assert stream.failed_fast
    assert stream.tracker.first_failure
    assert stream.tracker.first_failure[0].number == 2


def test_answers_are_kept_if_asked_for(path: Path) -> None:
    """In the outcome."""
    with FaultServer() as server:
        server.on(NEVER, respond({"event_id": "K6"}))
        run(server, path, values_of(NEVER), JournalOptions(keep_answers=True))
    assert entries(path)[1] == {"input": 1, "status": "ok", "answer": {"event_id": "K6"}}


def test_each_attempt_has_an_intent_and_an_outcome(path: Path) -> None:
    """A run that is killed before the next attempt leaves a call that was not executed."""
    with FaultServer() as server:
        server.on(NEVER, respond_error("too_many_requests"), respond())
        run(server, path, values_of(NEVER))
        ids = [request.request_id for request in server.requests]
    written = [entry.get("request_id", entry.get("status")) for entry in entries(path)]
    assert written == [ids[0], "busy", ids[1], "ok"]


def test_a_lost_attempt_that_is_repeated_stays_unknown_until_it_succeeds(path: Path) -> None:
    """Even if the next one is throttled."""
    options = StreamOptions(retry_idempotent=True)
    with FaultServer() as server:
        server.on(IDEMPOTENT, [execute(), drop()], respond_error("too_many_requests"), respond())
        run(server, path, values_of(IDEMPOTENT), RETRY_IDEMPOTENT, stream_options=options)
    written = [entry["status"] for entry in entries(path) if "status" in entry]
    assert written == ["ok"]


def test_nothing_is_sent_once_the_journal_cannot_be_written(path: Path) -> None:
    """Wherever the disk is full: what was sent has an intent, and lines are whole.

    Calls in flight are awaited, and their records are true; the journal names those whose outcome
    it may lack. The next run makes the calls that were not sent.
    """
    values = values_of(*[NEVER] * 6)
    with FaultServer() as server:
        run(server, path, values, window=2)
    full_size = path.stat().st_size
    failures = set()
    for size in range(0, full_size, 41):
        path.unlink()
        with FaultServer() as server:
            with file_size_limit(size):
                records, stream = run(server, path, values, window=2)
            executed = {request.payload["n"] for request in server.executed}
            assert stream.journal
            failures.add(len(stream.journal.missing_inputs))
            assert stream.journal.write_error == f"{path}: file too large"
            assert {number for number, status, *_ in records if status == "ok"} == executed
            assert all(status in ("ok", "not_sent") for _, status, *_ in records)
            written = statuses(path)
            assert set(written) >= executed
            lacking = {number for number in executed if written.get(number) != "ok"}
            assert lacking <= set(stream.journal.missing_inputs) <= executed
            again, _ = run(server, path, values, window=2)
            assert {number for number, status, *_ in again if status == "ok"} == (
                set(range(1, 7)) - set(written)
            )
            assert len(server.executed) == len({r.payload["n"] for r in server.executed})
    assert min(failures) == 0 < max(failures)
