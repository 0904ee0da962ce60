"""Recipes about past threads."""

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from support.recipes import recipe_sandbox, run_recipe
from support.reference import every_api
from support.sample_ids import CHAT, CLOSED_CHAT

from rtmcli.catalogue.api import Api
from rtmcli.sandbox.domain import threads
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.model import Event

_ZONE = "Pacific/Kiritimati"  # 14 hours ahead: its yesterday begins two days ago in UTC, or more


@every_api
def test_only_threads_of_yesterday_are_tagged(api: Api, tmp_path: Path) -> None:
    """By local time: the zone here is far from that of the server's days."""
    now = datetime.now(ZoneInfo(_ZONE))
    yesterday = now.replace(hour=0, minute=30) - timedelta(days=1)
    times = [yesterday.timestamp()]
    license_ = License(seed=1, clock=lambda: times[-1])
    state = license_.state
    for time in (yesterday - timedelta(hours=1), now.replace(hour=0, minute=1)):
        times.append(time.timestamp())
        state.update_now()
        chat = state.chats[CLOSED_CHAT]
        thread = threads.open_thread(state, chat)
        threads.add_event(state, chat, thread, Event("message", fields={"text": "A kettle?"}))
        thread.active = False
    with recipe_sandbox(license_) as sandbox:
        result = run_recipe(
            api,
            "tag-yesterday",
            sandbox,
            tmp_path,
            replacements={"--filters-query refund": "--filters-query kettle"},
            env={"TZ": _ZONE},
        )
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    tagged = [
        thread
        for chat in state.chats.values()
        for thread in chat.threads
        if "refund" in thread.tags
    ]
    assert tagged == [state.chats[CHAT].last_thread]


@every_api
def test_a_month_is_exported_in_two_runs(api: Api, tmp_path: Path) -> None:
    """The first run is interrupted on its second day; the second makes the remaining days."""
    done = [tmp_path / f"2019-08-{day:02}.jsonl" for day in range(1, 28)]
    for path in done:
        path.touch()
    with recipe_sandbox(None, "*:error=internal,nth=2-4") as sandbox:
        first = run_recipe(api, "export-month", sandbox, tmp_path)
        files = sorted(path.name for path in tmp_path.glob("*.jsonl"))[27:]
        second = run_recipe(api, "export-month", sandbox, tmp_path)
    assert (first.returncode, files) == (7, ["2019-08-28.jsonl"])
    assert (second.returncode, second.stderr) == (0, b"")
    assert len(list(tmp_path.glob("*.jsonl"))) == 31
    threads = "".join(path.read_text() for path in tmp_path.glob("*.jsonl")).splitlines()
    assert [json.loads(line).get("chat", json.loads(line))["id"] for line in threads] == [
        CLOSED_CHAT
    ]


@every_api
def test_a_list_becomes_a_spreadsheet(api: Api, tmp_path: Path) -> None:
    """With a header, and a row for each thread."""
    license_ = License(seed=1)
    with recipe_sandbox(license_) as sandbox:
        result = run_recipe(api, "spreadsheet", sandbox, tmp_path)
    assert (result.returncode, result.stderr) == (0, b"")
    header, *rows = csv.reader((tmp_path / "threads.csv").read_text().splitlines())
    assert any(name.endswith("thread.id") for name in header)
    assert len(rows) == sum(len(chat.threads) for chat in license_.state.chats.values())


@every_api
def test_a_transcript_is_printed(api: Api, tmp_path: Path) -> None:
    """Of the thread, in the zone that is asked for."""
    with recipe_sandbox() as sandbox:
        result = run_recipe(api, "transcript", sandbox, tmp_path, env={"TZ": "UTC"})
    assert result.returncode == 0
    assert b"2019-09-02 07:48:00  Ada Nowak  The kettle does not boil.\n" in result.stdout
