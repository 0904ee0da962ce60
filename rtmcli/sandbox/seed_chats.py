"""The licence as it begins: what was said, as rows.

The ids that the method reference uses in its samples exist here, so that its samples work.
"""

from typing import Any

from rtmcli.row import Row
from rtmcli.sandbox.seed import AGENTS, BOT, SITE, Moment


class Said(Row):
    """An event: who wrote it ("customer" for the chat's), and its own fields."""

    by: str
    event: dict[str, Any]


def text(by: str, words: str, **more: Any) -> Said:
    """Make a message."""
    return Said(by, {"type": "message", "text": words, **more})


def note(by: str, words: str) -> Said:
    """Make a message that only agents see."""
    return text(by, words, recipients="agents")


class ThreadRow(Row):
    """A thread; closed unless it is the active one of its chat."""

    id: str
    begins: Moment
    events: tuple[Said, ...]
    active: bool = False
    properties: dict[str, dict[str, Any]] = {}  # noqa: RUF012  # a row is frozen
    tags: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()  # other access than the chat's


class ChatRow(Row):
    """A chat and its threads, the oldest first."""

    id: str
    customer: str  # the e-mail
    agents: tuple[str, ...]  # who is present
    threads: tuple[ThreadRow, ...]
    groups: tuple[int, ...] = (0,)
    properties: dict[str, dict[str, Any]] = {}  # noqa: RUF012  # a row is frozen


_ME, _TWO, _THREE, _FOUR = (row.id for row in AGENTS[:4])
_SITE_VISIT = {"routing": {"referrer": "https://search.example.com/", "start_url": SITE + "/"}}
_RATING = {"rating": {"score": 1, "comment": "Very good"}}

CHATS = (
    ChatRow(
        "PJ0MRSHTDG", "ada@example.org", (_ME,),
        (
            ThreadRow(
                "PT039DS6IP", "2016-09-15T10:12:00Z",
                (
                    text("customer", "Hello, I typed your search keyword and found nothing."),
                    text(_ME, "Good morning! Which keyword was it?"),
                    text("customer", "kettle"),
                ),
                properties=_RATING, tags=("search",),
            ),
            ThreadRow(
                "PT039ES4OG", "2018-02-01T09:30:00Z",
                (
                    text("customer", "When will my kettle arrive?"),
                    text(_ME, "It left yesterday."),
                ),
                properties={"rating": {"score": 0}}, tags=("delivery", "kettle"),
            ),
            ThreadRow(
                "K600PKZON8", 12,
                (
                    text("customer", "The kettle does not boil.", id="2_EW2WQSA8",
                         properties=_RATING),
                    Said(_ME, {
                        "type": "rich_message", "id": "a0c22fdd-fb71-40b5-bfc6-a8a0bc3117f7",
                        "template_id": "cards",
                        "elements": [{
                            "title": "Is it plugged in?",
                            "subtitle": "We have to ask.",
                            "buttons": [
                                {"text": "Yes", "postback_id": "action_yes", "user_ids": []},
                                {"text": "No", "postback_id": "action_no", "user_ids": []},
                            ],
                        }],
                    }),
                    Said("customer", {
                        "type": "file", "name": "kettle.png", "content_type": "image/png",
                        "url": "https://cdn.example.com/files/kettle.png", "size": 38211,
                        "width": 640, "height": 480,
                        "thumbnail_url": "https://cdn.example.com/files/kettle-s.png",
                        "thumbnail2x_url": "https://cdn.example.com/files/kettle-m.png",
                    }),
                    note(_ME, "The plug is in the picture: it is not in the wall."),
                ),
                active=True, properties={**_RATING, **_SITE_VISIT},
            ),
        ),
        properties={**_RATING, "source": {"type": "website"}, **_SITE_VISIT},
    ),
    ChatRow(
        "QX5T2L9WAB", "dirk@example.org", (_THREE,),
        (
            ThreadRow(
                "T1B7ZQ4MKD", 7,
                (
                    Said("customer", {
                        "type": "filled_form", "form_id": "156630109416307809",
                        "fields": [
                            {"type": "name", "id": "1", "label": "Your name:", "answer": "Dirk"},
                            {"type": "email", "id": "2", "label": "E-mail:",
                             "answer": "dirk@example.org"},
                            {"type": "radio", "id": "3", "label": "Are you a customer?",
                             "answer": {"id": "0", "label": "Yes"}},
                        ],
                    }),
                    text("customer", "Do you ship to Berlin?"),
                    text(_THREE, "We do, within three days."),
                ),
                active=True, tags=("shipping",),
            ),
        ),
        groups=(2,), properties={"source": {"type": "website"}},
    ),
    ChatRow(
        "R8C3N6VYEF", "filip@example.org", (_FOUR,),
        (
            ThreadRow(
                "W4H9K2DPXS", 5,
                (text("customer", "Where is your shop in Warsaw?"),
                 text(_FOUR, "Near the station.")),
                active=True,
            ),
        ),
        groups=(3,),
    ),
    ChatRow(
        "SD1F7G0HJK", "viktor@example.org", (),
        (
            ThreadRow(
                "U6Y3R8T5QW", 2,
                (text("customer", "Is anybody there?"),),
                active=True, properties={"routing": {"unassigned": True}},
            ),
        ),
        groups=(1,), properties={"routing": {"unassigned": True}},
    ),
    ChatRow(
        "TB4V8M2NLP", "sofia@example.org", (BOT, _ME),
        (
            ThreadRow(
                "E3S7A1Z9CX", 9,
                (
                    text("customer", "Can I change my plan?"),
                    text(BOT, "You can change it under Settings. Did this help?"),
                    text("customer", "No."),
                    text(_ME, "Let me see."),
                ),
                active=True,
            ),
        ),
        groups=(1, 2), properties={"routing": {"continuous": True}},
    ),
    ChatRow(
        "UK6J5H4G3F", "john@example.org", (_ME,),
        (
            ThreadRow(
                "D2F4G6H8J0", "2018-03-04T19:25:00Z",
                (
                    text("customer", "I forgot my password."),
                    text(_TWO, "I have sent you a link."),
                    text("customer", "Thanks!"),
                ),
                properties={"rating": {"score": 1}}, tags=("password",),
            ),
            ThreadRow(
                "L1K3J5H7G9", 4320,
                (text("customer", "It works."), text(_ME, "Glad to hear that.")),
            ),
        ),
    ),
    ChatRow(
        "VM9B7N5C3X", "grace@example.org", (_TWO,),
        (
            ThreadRow(
                "Z8X6C4V2B0", "2018-05-05T12:00:00Z",
                (text("customer", "I want to cancel."), text(_TWO, "May I ask why?")),
                groups=(3,), tags=("cancel",),
            ),
            ThreadRow(
                "N1M3Q5W7E9", "2019-01-20T15:15:00Z",
                (text("customer", "I am back."), text(_TWO, "Welcome back!")),
                properties={"rating": {"score": 1, "comment": "Nice people"}},
            ),
            ThreadRow(
                "P0O9I8U7Y6", 1440,
                (text("customer", "A question about the invoice."),
                 text(_TWO, "Number 1042? It is paid.")),
                tags=("invoice",),
            ),
        ),
        groups=(1,),
    ),
    ChatRow(
        "WZ2X4C6V8B", "ian@example.org", (_THREE,),
        (
            ThreadRow(
                "A9S8D7F6G5", "2019-03-03T03:03:03Z",
                (
                    Said("customer", {"type": "custom", "content": {"cart": ["kettle", "cup"]}}),
                    text(_THREE, "Shall I order these for you?"),
                    Said(_THREE, {"type": "annotation", "annotation_type": "followup",
                                  "text": "Call back on Monday"}),
                ),
                properties={"test": {"string_property": "a value", "int_property": 7}},
            ),
        ),
        groups=(2,), properties={"test": {"bool_property": True}},
    ),
    ChatRow(
        "XP7L5K3J1H", "hanna@example.org", (),
        (
            ThreadRow(
                "Y5T4R3E2W1", 10080,
                (text("customer", "Closed today?"), text(_FOUR, "Until ten.")),
            ),
        ),
        groups=(3,),
    ),
)  # fmt: skip
