"""`rtm help events`: the members of events, rich messages and filters, made from the catalogue."""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from rtmcli.catalogue.api import Api
from rtmcli.catalogue.model import Method, ParamType
from rtmcli.catalogue.objects import EventType
from rtmcli.cli.help.blocks import Block, code_block, paragraph, table
from rtmcli.protocol import json_codec

_COLUMN = 28
_PROPERTY_FILTER = {"rating": {"score": {"values": [1]}}}


def blocks(api: Api) -> Iterator[Block]:
    """Yield the blocks of the topic."""
    objects = api.load_objects()
    yield paragraph(f"""
        Chats consist of threads, and threads of events. These are the members of events in
        responses and pushes of API {api.version}, and in the requests that send them. A question
        mark means that the member may be absent.
    """)
    yield table("Every event", _COLUMN, *objects.event)
    yield table(
        "Event types", _COLUMN, *((row.name, _describe_type(row)) for row in objects.event_types)
    )
    yield paragraph("An element of a rich message, of which there may be up to 10:")
    yield table("Elements", _COLUMN, *objects.elements)
    yield code_block(*_rich_message_example(objects.element_example))
    yield paragraph(f"""
        The lists {_join_commands(api)} have filters. {objects.filter_note}
    """)
    yield table("Members of filters", _COLUMN, *objects.filter_operators)
    yield table("Filters with members", _COLUMN, *_filter_rows(api))
    yield code_block(_property_filter_example(api))
    yield table(
        "Other objects", _COLUMN, *((name, ", ".join(row)) for name, row in objects.others.items())
    )
    yield paragraph("""
        rtm METHOD --help names the members of a response, rtm help pushes those of each push, and
        rtm METHOD --skeleton prints a sample payload.
    """)


def _describe_type(event_type: EventType) -> str:
    members = ", ".join(event_type.members)
    response_members = ", ".join(event_type.response_members)
    if not event_type.can_be_sent:
        return f"{event_type.summary}: {response_members}"
    text = f"{event_type.summary}: {members}"
    return f"{text}; in responses also {response_members}" if response_members else text


def _rich_message_example(element: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a command that sends a card."""
    yield "rtm send-event --chat-id PJ0MRSHTDG --event-type rich_message \\"
    yield "    --event-template-id cards --event-elements '{"
    for index, (name, value) in enumerate(element.items(), 1):
        comma = "," if index < len(element) else ""
        if isinstance(value, list):
            items = ",\n".join(f"        {json.dumps(item)}" for item in value).split("\n")
            yield from (f'      "{name}": [', *items, f"      ]{comma}")
        else:
            yield f'      "{name}": {json.dumps(value)}{comma}'
    yield "    }'"


def _property_filter_example(api: Api) -> str:
    """Return a command that lists what has a property."""
    method, param = next(
        (method, param)
        for method in reversed(_filtered_methods(api))
        for param in method.params
        if param.type is ParamType.PROPERTY_FILTERS
    )
    value = json_codec.dumps(_PROPERTY_FILTER).decode()
    return f"rtm {method.command} {param.flag} {shlex.quote(value)}"


def _filtered_methods(api: Api) -> list[Method]:
    return [
        method for method in api.methods.values() if any(param.is_filter for param in method.params)
    ]


def _join_commands(api: Api) -> str:
    *others, last = [method.command for method in _filtered_methods(api)]
    return f"{', '.join(others)} and {last}"


def _filter_rows(api: Api) -> Iterator[tuple[str, str]]:
    """Yield the members that filters have, and the filters that have just these."""
    filters_by_members: dict[tuple[str, ...], dict[str, None]] = {}
    for method in _filtered_methods(api):
        paths = [param.path.split(".")[1:] for param in method.params if param.is_filter]
        for name in dict.fromkeys(path[0] for path in paths):
            members = tuple(path[1] for path in paths if path[0] == name and len(path[1:]) == 1)
            if members:
                filters_by_members.setdefault(members, {})[name] = None
    for members, names in filters_by_members.items():
        yield ", ".join(members), ", ".join(names)
