"""Versions of the API, as users meet them: the URL, the login, servers without a version."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.fault_server import (
    HANDSHAKE,
    FaultServer,
    close,
    http_response,
    normal,
    push,
    respond,
    respond_error,
    upgrade,
)
from support.process import environment, run

import rtmcli
from rtmcli.catalogue.versions import VERSIONS

ORGANIZATION = "0a1b2c3d-4e5f-6789-abcd-ef0123456789"


@pytest.mark.parametrize("version", VERSIONS)
def test_the_version_is_in_the_path(version: str) -> None:
    """The path of a URL follows the version; API 3.6 also names the organization."""
    with FaultServer() as server:
        env = {"RTM_ORGANIZATION_ID": ORGANIZATION, "RTM_API": version}
        result = run("call", "ping", url=server.url, env=env)
        [handshake] = server.handshakes
    assert (result.exit_code, result.stderr) == (0, "")
    query = "" if version == "3.0" else f"?organization_id={ORGANIZATION}"
    assert handshake.target == f"/v{version}/agent/rtm/ws{query}"


def test_every_connection_of_3_6_counts_as_away() -> None:
    """Neither a cron job nor a listener draws chats to an agent; --no-away is for robots."""
    with FaultServer() as server:
        for flags in ((), ("--no-away",)):
            assert run("--api", "3.6", "call", "ping", *flags, url=server.url).exit_code == 0
        assert run("call", "ping", url=server.url).exit_code == 0
        logins = [login.payload for login in server.logins]
    assert [login.get("away") for login in logins] == [True, False, None]
    assert all(login["reconnect"] is True for login in logins)


def test_listen_subscribes_to_the_pushes_that_it_prints() -> None:
    """The login names them, and the push that announces a disconnect; without --action, none."""
    words = ("listen", "--count", "1", "--action", "incoming_event", "--action", "thread_tagged")
    with FaultServer() as server:
        server.on("login", [respond(), push("incoming_event", {"chat_id": "A"})])
        assert run("--api", "3.6", *words, url=server.url).exit_code == 0
        assert run("--api", "3.6", "listen", "--count", "1", url=server.url).exit_code == 0
        assert run(*words[:5], url=server.url).exit_code == 0
        pushes = [login.payload.get("pushes") for login in server.logins]
    assert pushes == [
        {"3.6": ["incoming_event", "thread_tagged", "agent_disconnected"]},
        None,
        None,
    ]


def test_only_listen_sets_the_monitoring_level(tmp_path: Path) -> None:
    """It belongs to the agent, so a call leaves it alone, even if the profile has it."""
    config = tmp_path / "config.toml"
    config.write_text('[profiles.default]\napi = "3.6"\ncustomer_monitoring_level = "online"\n')
    env = {"RTM_CONFIG": str(config)}
    with FaultServer() as server:
        server.on("login", [respond(), push("incoming_event", {})])
        assert run("call", "ping", url=server.url, env=env).exit_code == 0
        for flags in ((), ("--customer-monitoring-level", "my")):
            result = run("listen", "--count", "1", *flags, url=server.url, env=env)
            assert result.exit_code == 0
        levels = [login.payload.get("customer_monitoring_level") for login in server.logins]
    assert levels == [None, "online", "my"]


def test_an_unknown_monitoring_level_is_a_usage_error() -> None:
    """The message names the levels."""
    words = ("--api", "3.6", "listen", "--customer-monitoring-level", "all")
    result = run(*words, url="ws://127.0.0.1:1")
    assert result.exit_code == 2
    assert "--customer-monitoring-level must be one of my, chatting, invited" in result.stderr


def test_the_chat_of_a_push_may_be_in_an_array() -> None:
    """`--chat-id` finds it in each item, and in the id of an access update."""
    pushes = [
        push("queue_positions_updated", [{"chat_id": "B"}, {"chat_id": "A"}]),
        push("queue_positions_updated", [{"chat_id": "B"}]),
        push("chat_access_updated", {"id": "A", "access": {"group_ids": [0]}}),
        push("chat_access_updated", {"id": "B", "access": {"group_ids": [0]}}),
        push("agent_updated", {"id": "A"}),
        push("incoming_event", {"chat_id": "A"}),
    ]
    with FaultServer() as server:
        server.on("login", [respond(), *pushes])
        words = ("--api", "3.6", "listen", "--chat-id", "A", "--count", "3")
        result = run(*words, url=server.url)
    assert result.exit_code == 0
    names = [json.loads(line)["action"] for line in result.stdout.splitlines()]
    assert names == ["queue_positions_updated", "chat_access_updated", "incoming_event"]


def test_a_response_may_be_an_array() -> None:
    """Only if the reference says so: for another method, it is no trustworthy response."""
    with FaultServer() as server:
        server.on("list_routing_statuses", respond([{"agent_id": "a", "status": "offline"}]))
        server.on("get_chat", respond([]))
        result = run("--api", "3.6", "list-routing-statuses", url=server.url)
        other = run("--api", "3.6", "get-chat", "--chat-id", "A", url=server.url)
    assert json.loads(result.stdout) == [{"agent_id": "a", "status": "offline"}]
    assert other.exit_code == 7


def test_all_pages_of_3_6_are_asked_for_by_the_cursor_alone() -> None:
    """Filters, page size and order belong to the first request."""
    with FaultServer() as server:
        server.on(
            "list_chats",
            respond({"chats_summary": [{"id": "A"}], "next_page_id": "p2", "found_chats": 2}),
            respond({"chats_summary": [{"id": "B"}], "found_chats": 2}),
        )
        words = ("list-chats", "--all", "--sort-order", "asc", "--filters-active")
        result = run("--api", "3.6", *words, url=server.url)
        payloads = [request.payload for request in server.requests]
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["A", "B"]
    assert payloads == [
        {"limit": 100, "sort_order": "asc", "filters": {"active": True}},
        {"page_id": "p2"},
    ]


def test_a_missing_presence_is_a_possible_cause() -> None:
    """`authorization` does not say whether the scope is missing or the agent is not in the chat."""
    with FaultServer() as server:
        server.on("deactivate_chat", respond_error("authorization", "Authorization error"))
        result = run("--api", "3.6", "deactivate-chat", "--id", "A", url=server.url)
    assert result.exit_code == 4
    assert result.stderr == (
        "rtm: deactivate_chat: authorization: Authorization error (needs the scope "
        "chats--all:rw or chats--access:rw, or the agent is not in this chat "
        "(--ignore-requester-presence))\n"
    )


@pytest.mark.parametrize("status", [404, 410])
def test_a_server_without_the_version_ends_a_call_at_once(status: int) -> None:
    """Exit status 5, one attempt, and a message that names --api."""
    with FaultServer() as server:
        server.on(HANDSHAKE, http_response(status))
        result = run("--api", "3.6", "call", "ping", url=server.url)
        listener = run("--api", "3.6", "listen", url=server.url)
        attempts = server.connection_count
    assert (result.exit_code, listener.exit_code, attempts) == (5, 5, 2)
    for stderr in (result.stderr, listener.stderr):
        assert f"HTTP {status}; does it serve API 3.6? choose another with --api" in stderr


def test_a_listener_that_was_connected_tries_on() -> None:
    """A server that is being replaced may lack the path for a while."""
    with FaultServer() as server:
        server.on(HANDSHAKE, upgrade(), http_response(404), normal())
        server.on("login", [respond(), close(1012)], [respond(), push("incoming_event", {})])
        words = ("listen", "--count", "1", "--backoff", "1ms", "--login-interval", "1ms")
        result = run("--api", "3.6", *words, url=server.url)
    assert result.exit_code == 0
    assert "HTTP 404" in result.stderr


@pytest.mark.parametrize(
    "behavior",
    [
        respond_error("unsupported_version", "Unsupported version"),
        [push("agent_disconnected", {"reason": "unsupported_version"}), close(1000)],
    ],
)
def test_a_login_may_be_refused_for_its_version(behavior: Any) -> None:
    """Exit status 5, one attempt."""
    with FaultServer() as server:
        server.on("login", behavior)
        result = run("--api", "3.6", "call", "ping", url=server.url)
    assert (result.exit_code, len(server.logins)) == (5, 1)
    assert "does it serve API 3.6? choose another with --api" in result.stderr


def test_the_end_of_a_version_is_reported_on_request() -> None:
    """The server announces it in a header of the handshake."""
    with FaultServer() as server:
        server.on(HANDSHAKE, upgrade(headers=[("Deprecation", "2027-01-31")]))
        quiet = run("call", "ping", url=server.url)
        verbose = run("call", "ping", "-v", url=server.url)
        doctor = run("doctor", url=server.url)
    assert quiet.stderr == ""
    assert "announces for API 3.0: deprecation: 2027-01-31; --api chooses" in verbose.stderr
    assert "deprecation 2027-01-31" in doctor.stdout


def test_a_payload_of_another_version_is_explained() -> None:
    """The error about the missing member names the one of the other version."""
    payload = '{"customer_id": "b7eff798-f8df-4364-8059-649c35c9ed0c", "ban": {"days": 1}}'
    result = run("--api", "3.6", "ban-customer", payload)
    assert result.exit_code == 2
    assert "id is required" in result.stderr
    assert "customer_id is called id in API 3.6 (--id)" in result.stderr


def test_update_session_takes_its_token_from_the_token_source() -> None:
    """Its payload has no other member; a raw call of it is refused."""
    with FaultServer() as server:
        server.on("update_session", respond({}))
        result = run("--api", "3.6", "update-session", url=server.url)
        raw = run("--api", "3.6", "call", "update_session", '{"token": "x"}', url=server.url)
        [login], [request] = server.logins, server.requests
    assert (result.exit_code, result.stdout) == (0, "{}\n")
    assert request.payload == {"token": login.payload["token"]}
    assert raw.exit_code == 2


@pytest.mark.parametrize(("version", "is_renewed"), [("3.6", True), ("3.0", False)])
def test_listen_renews_the_token_of_its_session(
    version: str, is_renewed: bool, tmp_path: Path
) -> None:
    """At 90 % of the time that the command named; API 3.0 cannot replace a token in place."""
    count = tmp_path / "count"
    script = f"""echo x >> {count}
    printf '{{"access_token": "dal:t%s", "expires_in": 0.2}}\\n' $(wc -l < {count})"""
    with FaultServer() as server:
        env = {"RTM_TOKEN_COMMAND": script}
        words = ("--api", version, "listen", "--for", "900ms")
        result = run(*words, url=server.url, token=None, env=env)
        requests = [request for request in server.requests if request.action == "update_session"]
    assert (result.exit_code, result.stdout, len(server.logins)) == (0, "", 1)
    payloads = [request.payload for request in requests]
    assert payloads[:1] == ([{"token": "Bearer dal:t2"}] if is_renewed else [])


def test_a_refused_renewal_is_reported(tmp_path: Path) -> None:
    """The session goes on until the server ends it."""
    count = tmp_path / "count"
    script = f"""echo x >> {count}
    printf '{{"access_token": "dal:t%s", "expires_in": 0.2}}\\n' $(wc -l < {count})"""
    with FaultServer() as server:
        server.on("update_session", respond_error("authentication", "no"))
        words = ("--api", "3.6", "listen", "--for", "900ms")
        result = run(*words, url=server.url, token=None, env={"RTM_TOKEN_COMMAND": script})
    assert result.exit_code == 0
    assert "the new token was refused: authentication: no" in result.stderr


def test_a_version_is_a_folder_and_a_line(tmp_path: Path) -> None:
    """A package `v3_7` with one changed row, named in VERSIONS, makes --api 3.7 work."""
    package = tmp_path / "rtmcli"
    shutil.copytree(Path(rtmcli.__file__).parent, package)
    catalogue = package / "catalogue"
    shutil.copytree(catalogue / "v3_6", catalogue / "v3_7")
    for path in (catalogue / "v3_7").rglob("*.py"):
        path.write_text(path.read_text().replace("v3_6", "v3_7").replace("3.6", "3.7"))
    tags = catalogue / "v3_7" / "thread_tags.py"
    tags.write_text(tags.read_text().replace('summary="Add a tag', 'summary="Attach a tag'))
    versions = catalogue / "versions.py"
    line = '    "3.6": "rtmcli.catalogue.v3_6",\n'
    versions.write_text(versions.read_text().replace(line, line + line.replace("6", "7")))

    def run_copy(*words: str) -> str:
        completed = subprocess.run(
            [sys.executable, "-P", "-m", "rtmcli", "--api", "3.7", *words],
            capture_output=True,
            check=True,
            cwd=tmp_path,
            env=environment(
                overrides={
                    "PYTHONPATH": str(tmp_path),
                    "COVERAGE_PROCESS_START": "",  # the copy does not count
                    "COVERAGE_PROCESS_CONFIG": "",
                }
            ),
            text=True,
        )
        return completed.stdout

    assert "Attach a tag" in run_copy("tag-thread", "--help")
    words = ("--chat-id", "A", "--thread-id", "B", "--tag", "c", "--dry-run")
    assert json.loads(run_copy("tag-thread", *words))["action"] == "tag_thread"
