"""Recipes that begin with `rtm listen`; here it stops after some pushes."""

import json
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support.process import require_program
from support.queues import kafka_broker, redis_server
from support.recipes import recipe_sandbox, run_recipe
from support.reference import every_api
from support.sample_ids import CHAT

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.v3_0 import API
from rtmcli.sandbox.domain.license import License

STOP = {"rtm listen": "rtm listen --count 5 --for 20s"}


def test_messages_are_appended(tmp_path: Path) -> None:
    """And no other events."""
    path = tmp_path / "messages.jsonl"
    path.write_text('{"earlier": true}\n')
    with recipe_sandbox(traffic_rate=200) as sandbox:
        result = run_recipe(API, "append-messages", sandbox, tmp_path, replacements=STOP)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    first, *pushes = map(json.loads, path.read_text().splitlines())
    assert first == {"earlier": True}
    assert {push["payload"]["event"]["type"] for push in pushes} == {"message"}


@every_api
def test_the_robot_tags_threads(api: Api, tmp_path: Path) -> None:
    """Of the message that mentions the word."""
    license_ = License(seed=1)
    send = f"--count 1 -- rtm send-event --chat-id {CHAT} --text 'I want a refund' --quiet |"
    with recipe_sandbox(license_) as sandbox:
        result = run_recipe(
            api,
            "robot",
            sandbox,
            tmp_path,
            replacements={"--action incoming_event |": f"--action incoming_event {send}"},
        )
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    assert "refund" in license_.state.chats[CHAT].last_thread.tags


@every_api
def test_the_state_is_fetched_after_a_gap(api: Api, tmp_path: Path) -> None:
    """The connection is lost after the first login."""
    stop = {"rtm listen": "rtm listen --count 5 --for 20s --backoff 1ms"}
    with recipe_sandbox(None, "login:drop=answered,nth=1", traffic_rate=200) as sandbox:
        result = run_recipe(api, "gaps", sandbox, tmp_path, replacements=stop)
    assert (result.returncode, result.stdout) == (0, b"")
    chats = map(json.loads, (tmp_path / "chats.jsonl").read_text().splitlines())
    assert CHAT in {chat["id"] for chat in chats}


class _Endpoint(BaseHTTPRequestHandler):
    """An endpoint that is not available for the first request."""

    bodies: list[bytes] = []  # noqa: RUF012  # of the class that a test makes

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204 if self.bodies else 503)
        self.end_headers()
        self.bodies.append(body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def test_pushes_are_forwarded_with_retries(tmp_path: Path) -> None:
    """In order, and each at least once."""
    require_program("curl")
    endpoint = type("Endpoint", (_Endpoint,), {"bodies": []})
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), endpoint) as server,
        recipe_sandbox(traffic_rate=200) as sandbox,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        result = run_recipe(
            API,
            "http",
            sandbox,
            tmp_path,
            replacements={**STOP, "https://example.com/pushes": f"--noproxy '*' {url}"},
        )
        server.shutdown()
    assert (result.returncode, result.stdout) == (0, b"")
    first, *others = endpoint.bodies  # type: ignore[attr-defined]
    assert (first, len(others)) == (others[0], 5)
    assert all(json.loads(body)["type"] == "push" for body in others)


def test_redis_receives_pushes(tmp_path: Path) -> None:
    """As entries of a stream, unchanged."""
    with redis_server(tmp_path / "redis.sock") as cli:
        with recipe_sandbox(traffic_rate=200) as sandbox:
            replacements = {**STOP, "redis-cli": cli}
            result = run_recipe(API, "redis", sandbox, tmp_path, replacements=replacements)
        entries = subprocess.check_output([*cli.split(), "--json", "XRANGE", "livechat", "-", "+"])
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    pushes = [json.loads(fields[1]) for _, fields in json.loads(entries)]
    assert [push["type"] for push in pushes] == ["push"] * 5


def test_kafka_receives_pushes(tmp_path: Path) -> None:
    """Each as a message."""
    kcat = require_program("kcat")
    with kafka_broker() as env, recipe_sandbox(traffic_rate=200) as sandbox:
        result = run_recipe(API, "kafka", sandbox, tmp_path, replacements=STOP, env=env)
        consume = ["-C", "-b", env["BROKER"], "-t", "livechat", "-o", "beginning", "-e", "-q"]
        messages = subprocess.check_output([kcat, *consume]).splitlines()
    assert result.returncode == 0
    assert [json.loads(message)["type"] for message in messages] == ["push"] * 5
