"""Sample data: chats with their threads and events.

The IDs in the examples of the method reference exist here, so that the examples work.
"""

from typing import Any, NamedTuple

from rtmcli.sandbox.domain.seed_data import AGENTS, BOT_ID, SITE_URL, SeedTime


class SeedEvent(NamedTuple):
    """An event: its author, an agent ID or "customer", and its other fields."""

    author: str
    fields: dict[str, Any]


def message(author: str, text: str, **fields: Any) -> SeedEvent:
    """Build a message."""
    return SeedEvent(author, {"type": "message", "text": text, **fields})


def agents_only_message(author: str, text: str) -> SeedEvent:
    """Build a message that only agents see."""
    return message(author, text, visibility="agents")


class SeedThread(NamedTuple):
    """A thread of a chat."""

    id: str
    started_at: SeedTime
    events: tuple[SeedEvent, ...]
    active: bool = False
    properties: dict[str, dict[str, Any]] = {}  # noqa: RUF012  # never changed
    tags: tuple[str, ...] = ()
    group_ids: tuple[int, ...] = ()  # if access differs from the chat's


class SeedChat(NamedTuple):
    """A chat and its threads, oldest first."""

    id: str
    customer_email: str
    agent_ids: tuple[str, ...]  # the present agents
    threads: tuple[SeedThread, ...]
    group_ids: tuple[int, ...] = (0,)
    properties: dict[str, dict[str, Any]] = {}  # noqa: RUF012  # never changed


_AGENT1, _AGENT2, _AGENT3, _AGENT4 = (row.id for row in AGENTS[:4])
_SITE_VISIT_PROPERTIES = {
    "routing": {"referrer": "https://search.example.com/", "start_url": SITE_URL + "/"}
}
_SAMPLE_RATING = {"rating": {"score": 1, "comment": "Very good"}}

CHATS = (
    SeedChat(
        "PJ0MRSHTDG",
        "ada@example.org",
        (_AGENT1,),
        (
            SeedThread(
                "PT039DS6IP",
                "2016-09-15T10:12:00Z",
                (
                    message("customer", "Hello, I typed your search keyword and found nothing."),
                    message(_AGENT1, "Good morning! Which keyword was it?"),
                    message("customer", "kettle"),
                ),
                properties=_SAMPLE_RATING,
                tags=("search",),
            ),
            SeedThread(
                "PT039ES4OG",
                "2018-02-01T09:30:00Z",
                (
                    message("customer", "When will my kettle arrive?"),
                    message(_AGENT1, "It left yesterday."),
                ),
                properties={"rating": {"score": 0}},
                tags=("delivery", "kettle"),
            ),
            SeedThread(
                "K600PKZON8",
                12,
                (
                    message(
                        "customer",
                        "The kettle does not boil.",
                        id="2_EW2WQSA8",
                        properties=_SAMPLE_RATING,
                    ),
                    SeedEvent(
                        _AGENT1,
                        {
                            "type": "rich_message",
                            "id": "a0c22fdd-fb71-40b5-bfc6-a8a0bc3117f7",
                            "template_id": "cards",
                            "elements": [
                                {
                                    "title": "Is it plugged in?",
                                    "subtitle": "We have to ask.",
                                    "buttons": [
                                        {
                                            "text": "Yes",
                                            "postback_id": "action_yes",
                                            "user_ids": [],
                                        },
                                        {"text": "No", "postback_id": "action_no", "user_ids": []},
                                    ],
                                }
                            ],
                        },
                    ),
                    SeedEvent(
                        "customer",
                        {
                            "type": "file",
                            "name": "kettle.png",
                            "content_type": "image/png",
                            "url": "https://cdn.example.com/files/kettle.png",
                            "size": 38211,
                            "width": 640,
                            "height": 480,
                            "thumbnail_url": "https://cdn.example.com/files/kettle-s.png",
                            "thumbnail2x_url": "https://cdn.example.com/files/kettle-m.png",
                        },
                    ),
                    agents_only_message(
                        _AGENT1, "The plug is in the picture: it is not in the wall."
                    ),
                ),
                active=True,
                properties={**_SAMPLE_RATING, **_SITE_VISIT_PROPERTIES},
            ),
        ),
        properties={**_SAMPLE_RATING, "source": {"type": "website"}, **_SITE_VISIT_PROPERTIES},
    ),
    SeedChat(
        "QX5T2L9WAB",
        "dirk@example.org",
        (_AGENT3,),
        (
            SeedThread(
                "T1B7ZQ4MKD",
                7,
                (
                    SeedEvent(
                        "customer",
                        {
                            "type": "filled_form",
                            "form_id": "156630109416307809",
                            "fields": [
                                {
                                    "type": "name",
                                    "id": "1",
                                    "label": "Your name:",
                                    "answer": "Dirk",
                                },
                                {
                                    "type": "email",
                                    "id": "2",
                                    "label": "E-mail:",
                                    "answer": "dirk@example.org",
                                },
                                {
                                    "type": "radio",
                                    "id": "3",
                                    "label": "Are you a customer?",
                                    "answer": {"id": "0", "label": "Yes"},
                                },
                            ],
                        },
                    ),
                    message("customer", "Do you ship to Berlin?"),
                    message(_AGENT3, "We do, within three days."),
                ),
                active=True,
                tags=("shipping",),
            ),
        ),
        group_ids=(2,),
        properties={"source": {"type": "website"}},
    ),
    SeedChat(
        "R8C3N6VYEF",
        "filip@example.org",
        (_AGENT4,),
        (
            SeedThread(
                "W4H9K2DPXS",
                5,
                (
                    message("customer", "Where is your shop in Warsaw?"),
                    message(_AGENT4, "Near the station."),
                ),
                active=True,
            ),
        ),
        group_ids=(3,),
    ),
    SeedChat(
        "SD1F7G0HJK",
        "viktor@example.org",
        (),
        (
            SeedThread(
                "U6Y3R8T5QW",
                2,
                (message("customer", "Is anybody there?"),),
                active=True,
                properties={"routing": {"unassigned": True}},
            ),
        ),
        group_ids=(1,),
        properties={"routing": {"unassigned": True}},
    ),
    SeedChat(
        "TB4V8M2NLP",
        "sofia@example.org",
        (BOT_ID, _AGENT1),
        (
            SeedThread(
                "E3S7A1Z9CX",
                9,
                (
                    message("customer", "Can I change my plan?"),
                    message(BOT_ID, "You can change it under Settings. Did this help?"),
                    message("customer", "No."),
                    message(_AGENT1, "Let me see."),
                ),
                active=True,
            ),
        ),
        group_ids=(1, 2),
        properties={"routing": {"continuous": True}},
    ),
    SeedChat(
        "UK6J5H4G3F",
        "john@example.org",
        (_AGENT1,),
        (
            SeedThread(
                "D2F4G6H8J0",
                "2018-03-04T19:25:00Z",
                (
                    message("customer", "I forgot my password."),
                    message(_AGENT2, "I have sent you a link."),
                    message("customer", "Thanks!"),
                ),
                properties={"rating": {"score": 1}},
                tags=("password",),
            ),
            SeedThread(
                "L1K3J5H7G9",
                4320,
                (message("customer", "It works."), message(_AGENT1, "Glad to hear that.")),
            ),
        ),
    ),
    SeedChat(
        "VM9B7N5C3X",
        "grace@example.org",
        (_AGENT2,),
        (
            SeedThread(
                "Z8X6C4V2B0",
                "2018-05-05T12:00:00Z",
                (message("customer", "I want to cancel."), message(_AGENT2, "May I ask why?")),
                group_ids=(3,),
                tags=("cancel",),
            ),
            SeedThread(
                "N1M3Q5W7E9",
                "2019-01-20T15:15:00Z",
                (message("customer", "I am back."), message(_AGENT2, "Welcome back!")),
                properties={"rating": {"score": 1, "comment": "Nice people"}},
            ),
            SeedThread(
                "P0O9I8U7Y6",
                1440,
                (
                    message("customer", "A question about the invoice."),
                    message(_AGENT2, "Number 1042? It is paid."),
                ),
                tags=("invoice",),
            ),
        ),
        group_ids=(1,),
    ),
    SeedChat(
        "WZ2X4C6V8B",
        "ian@example.org",
        (_AGENT3,),
        (
            SeedThread(
                "A9S8D7F6G5",
                "2019-03-03T03:03:03Z",
                (
                    SeedEvent(
                        "customer", {"type": "custom", "content": {"cart": ["kettle", "cup"]}}
                    ),
                    message(_AGENT3, "Shall I order these for you?"),
                    SeedEvent(
                        _AGENT3,
                        {
                            "type": "annotation",
                            "annotation_type": "followup",
                            "text": "Call back on Monday",
                        },
                    ),
                ),
                properties={"test": {"string_property": "a value", "int_property": 7}},
            ),
        ),
        group_ids=(2,),
        properties={"test": {"bool_property": True}},
    ),
    SeedChat(
        "XP7L5K3J1H",
        "hanna@example.org",
        (),
        (
            SeedThread(
                "Y5T4R3E2W1",
                10080,
                (message("customer", "Closed today?"), message(_AGENT4, "Until ten.")),
            ),
        ),
        group_ids=(3,),
    ),
)
