"""What the documentation of each API version says, typed by hand.

The tables here and in `tests/wire/` do not come from the catalogue, so that a mistake in either
shows.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method, Param, ParamType, PushType
from rtmcli.catalogue.versions import VERSIONS, load

_WIRE_DIR = Path(__file__).parents[1] / "wire"


class Reference(NamedTuple):
    """The tables of one version."""

    api: Api
    retry_counts: Mapping[str, int]
    counts: tuple[int, int]  # of methods and pushes
    json_types: Mapping[ParamType, str]  # the type's names in the tables
    required_members: str  # how the tables call a required member of an optional object
    undocumented_params: Mapping[str, str]  # in no table of the reference
    structure_params: Mapping[str, str]  # of which the tables name only the structure
    secrets: str
    set_by_session: str
    paginated: str
    lists: str  # other methods whose response is a list
    discrepancies: str

    @property
    def pushes(self) -> dict[str, PushType]:
        """Map the names of the pushes to their types."""
        return {push.name: push for push in self.api.pushes}

    def table(self, name: str) -> Any:
        """Read a table from `tests/wire/`."""
        folder = f"v{self.api.version.replace('.', '_')}"
        return json.loads((_WIRE_DIR / folder / f"{name}.json").read_text())


_EVENT_MEMBERS_3_0 = (
    "event.type event.text event.recipients event.custom_id event.properties event.postback"
    " event.postback.id event.postback.thread_id event.postback.event_id event.postback.type"
    " event.postback.value event.template_id event.elements event.form_id event.fields"
    " event.content event.system_message_type event.text_vars event.annotation_type"
    " event.name event.url event.content_type event.size event.width event.height"
    " event.thumbnail_url event.thumbnail2x_url"
)
_BUTTON_MEMBERS = "text postback_id type value webview_height user_ids target"
_ELEMENT_MEMBERS = (
    "title subtitle image image.url buttons ecommerce ecommerce.view_type ecommerce.product_id"
    + "".join(f" buttons[].{name}" for name in _BUTTON_MEMBERS.split())
)
_EVENT_MEMBERS = (
    "text postback postback.id postback.thread_id postback.event_id postback.type postback.value"
    " postback.ecommerce postback.ecommerce.product_id postback.ecommerce.option_id"
    " postback.ecommerce.quantity template_id elements url alternative_text form_id fields"
    " fields[].type fields[].id fields[].label content system_message_type text_vars"
    + "".join(f" elements[].{name}" for name in _ELEMENT_MEMBERS.split())
)
_COMMON_EVENT_MEMBERS = "type custom_id visibility properties"
_NEW_CHAT_STRUCTURES = "chat.access.group_ids" + "".join(
    f" chat.thread.events[].{name}" for name in f"{_COMMON_EVENT_MEMBERS} {_EVENT_MEMBERS}".split()
)

REFERENCES = {
    "3.0": Reference(
        api=load("3.0"),
        counts=(37, 31),
        retry_counts={
            "read": 5,
            "idempotent": 20,
            "never": 8,
            "connection": 3,
            "ephemeral": 1,
        },
        json_types={
            ParamType.STRING: "string",
            ParamType.INTEGER: "number",
            ParamType.BOOLEAN: "bool",
            ParamType.OBJECT: "object",
            ParamType.ANY: "any",
            ParamType.ID: "number",
            ParamType.STRINGS: "array",
            ParamType.INTEGERS: "array",
            ParamType.IDS: "array",
            ParamType.OBJECTS: "array",
            ParamType.STRING_MAP: "object",
            ParamType.PROPERTIES: "object",
            ParamType.PROPERTY_NAMES: "object",
            ParamType.PROPERTY_FILTERS: "object",
        },
        required_members="required",
        undocumented_params={
            "activate_chat": "chat.access.group_ids chat.thread.tags chat.is_followed continuous",
            "start_chat": "chat.access.group_ids chat.thread.tags chat.is_followed continuous",
            "close_thread": "require_requester_presence",
            "send_event": _EVENT_MEMBERS_3_0,
        },
        structure_params={},
        secrets=(
            "login.token login.push_notifications.firebase_token"
            " change_push_notifications.firebase_token"
        ),
        set_by_session="login.token",
        paginated="get_customers get_archives get_chats_summary get_chat_threads_summary",
        lists="",
        discrepancies=(
            "A1 A2 A3 A4 A5 A6 A9 A11 B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 B12 B13 B14 B15 B16 B17"
            " B18 B19 B20 B21 B22 B23 B24 B25 B26 B27 B28 B29 B30 B31 B33 B34 B35 B36 C2 C3 C4 C5"
            " C6 C8 C11 C16 C17 D12"
        ),
    ),
    "3.6": Reference(
        api=load("3.6"),
        counts=(40, 62),
        retry_counts={
            "read": 7,
            "idempotent": 16,
            "never": 8,
            "connection": 6,
            "ephemeral": 3,
        },
        json_types={
            ParamType.STRING: "string",
            ParamType.INTEGER: "number int",
            ParamType.NUMBER: "number",
            ParamType.BOOLEAN: "bool",
            ParamType.OPTIONAL_BOOLEAN: "bool or null",
            ParamType.OBJECT: "object",
            ParamType.ANY: "any",
            ParamType.STRINGS: "string[]",
            ParamType.INTEGERS: "int[]",
            ParamType.IDS: "any[] int[]",
            ParamType.OBJECTS: "object[]",
            ParamType.PAIRS: "object[]",
            ParamType.PROPERTIES: "object",
            ParamType.PROPERTY_NAMES: "object",
            ParamType.PROPERTY_FILTERS: "any",
            ParamType.PUSH_NAMES: "object",
        },
        required_members="conditional",
        undocumented_params={
            "logout": "agent_id",
        },
        structure_params={
            "start_chat": _NEW_CHAT_STRUCTURES,
            "resume_chat": _NEW_CHAT_STRUCTURES,
            "send_event": " ".join(f"event.{name}" for name in _EVENT_MEMBERS.split()),
        },
        secrets="login.token update_session.token",
        set_by_session="login.token update_session.token",
        paginated="list_chats list_threads list_archives",
        lists="list_routing_statuses list_agents_for_transfer",
        discrepancies=(
            "A1 A2 A3 A6 A7 A8 B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 B12 B13 B14 B15 B16 B17 B18 B19"
            " B20 B21 B22 B23 B24 B25 C1 C2 C3 C4 C5 C6 C7 C9 C12 C16 C17 C18 C20 C21 C22 D1 D2 D3"
            " D4 D5 D6 D7 D8 D9 D10 D11 D12 D13 D14 D15 D16 D17 D19 D20 D21 D22 D23 E1 E2 E3 E4 E5"
            " E6"
        ),
    ),
}
assert list(REFERENCES) == list(VERSIONS)

every_version = pytest.mark.parametrize("reference", REFERENCES.values(), ids=REFERENCES)
every_api = pytest.mark.parametrize(
    "api", [reference.api for reference in REFERENCES.values()], ids=[*REFERENCES]
)
every_method = pytest.mark.parametrize(
    "method",
    [
        pytest.param(method, id=f"{version}-{method.action}")
        for version, reference in REFERENCES.items()
        for method in reference.api.methods.values()
    ],
)
every_documented_method = pytest.mark.parametrize(
    ("reference", "method"),
    [
        pytest.param(reference, method, id=f"{version}-{method.action}")
        for version, reference in REFERENCES.items()
        for method in reference.api.methods.values()
    ],
)


def flatten(params: tuple[Param, ...], prefix: str = "") -> Iterator[tuple[str, Param]]:
    """Yield all parameters, and those of items, with their whole paths."""
    for param in params:
        path = f"{prefix}{param.path}"
        yield path, param
        yield from flatten(param.items, f"{path}[].")


def qualified_params(api: Api) -> Iterator[tuple[str, Param]]:
    """Yield all parameters with their paths, preceded by the action."""
    for method in api.methods.values():
        for param in method.params:
            yield f"{method.action}.{param.path}", param


def member_names(names: tuple[str, ...]) -> set[str]:
    """Remove the marks of optional members."""
    return {name.removesuffix("?") for name in names}


def items_root(method: Method) -> str:
    """Return the member of the response that holds the items; empty if it is the response."""
    return method.pagination.items_path.partition(".")[0] if method.pagination else ""
