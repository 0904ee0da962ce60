"""Recipes of calls."""

import time
from pathlib import Path

from support.recipes import recipe_sandbox, run_recipe
from support.reference import every_api
from support.sample_ids import CHAT

from rtmcli.catalogue.api import Api
from rtmcli.sandbox.domain import threads
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.model import Event


@every_api
def test_the_customers_of_a_file_are_banned(api: Api, tmp_path: Path) -> None:
    """Once, if the command runs again."""
    license_ = License(seed=1)
    first, second = list(license_.state.customers)[:2]
    header = api.methods["ban_customer"].params[0].path
    (tmp_path / "customers.csv").write_text(f"{header}\n{first}\n{second}\n")
    with recipe_sandbox(license_) as sandbox:
        results = [run_recipe(api, "ban-csv", sandbox, tmp_path) for _ in range(2)]
    assert [result.stdout for result in results] == [b"{}\n{}\n", b""]
    assert [result.stderr for result in results] == [b"rtm: 2 ok\n", b"rtm: 2 ok (2 before)\n"]
    assert license_.state.customers[second].banned_until


@every_api
def test_only_idle_chats_are_closed(api: Api, tmp_path: Path) -> None:
    """All chats are two hours old; one has a message of this minute."""
    ages = [7200]
    license_ = License(seed=1, clock=lambda: time.time() - ages[-1])
    state = license_.state
    ages.append(0)
    state.update_now()
    chat = state.chats[CHAT]
    threads.add_event(state, chat, chat.last_thread, Event("message", fields={"text": "Hi"}))
    with recipe_sandbox(license_) as sandbox:
        result = run_recipe(api, "close-idle", sandbox, tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    assert [each.id for each in state.chats.values() if each.active_thread] == [CHAT]


@every_api
def test_the_rich_message_is_accepted(api: Api, tmp_path: Path) -> None:
    """The chat has it."""
    license_ = License(seed=1)
    with recipe_sandbox(license_) as sandbox:
        result = run_recipe(api, "rich-message", sandbox, tmp_path)
    assert (result.returncode, result.stderr) == (0, b"")
    event = license_.state.chats[CHAT].last_thread.events[-1]
    assert event.fields["template_id"] == "quick_replies"


@every_api
def test_each_license_has_its_file(api: Api, tmp_path: Path) -> None:
    """The token of each profile is read once."""
    other_license = License(seed=2)
    customer = next(iter(other_license.state.customers.values()))
    customer.profile = customer.profile._replace(name="Blog Reader")
    with recipe_sandbox() as shop, recipe_sandbox(other_license) as blog:
        config = "".join(
            f'[profiles.{name}]\nurl = "{sandbox.urls[api.version]}"\n'
            for name, sandbox in (("shop", shop), ("blog", blog))
        )
        path = tmp_path / "config.toml"
        path.write_text(config)
        path.chmod(0o600)
        set_token = "rtm config set token --profile"
        result = run_recipe(
            api,
            "two-licenses",
            shop,
            tmp_path,
            replacements={
                f"{set_token} shop": f"{set_token} shop <<< '{shop.token}'",
                f"{set_token} blog": f"{set_token} blog <<< '{blog.token}'",
            },
            env={"RTM_CONFIG": str(path)},
        )
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"")
    texts = {name: (tmp_path / f"{name}.jsonl").read_text() for name in ("shop", "blog")}
    assert ("Blog Reader" in texts["shop"], "Blog Reader" in texts["blog"]) == (False, True)


@every_api
def test_the_scopes_are_printed(api: Api, tmp_path: Path) -> None:
    """One line for each method."""
    with recipe_sandbox() as sandbox:
        result = run_recipe(api, "scopes", sandbox, tmp_path)
    assert result.stdout.decode().count(": any of chats") == 2
