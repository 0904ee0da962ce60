"""The licence as it begins: who is there and what was said, as rows.

A moment is a date and time, or how many minutes ago. The ids that the method reference uses in
its samples exist here, so that its samples work.
"""

from typing import Any, NamedTuple

Moment = str | int

FIRST_AGENT = "agent1@example.com"
SECOND_IN_LINE = "supervisor@example.com"
BOT = "5c9871d5372c824cbf22d860a707a578"
LICENCE = {"id": "104130623", "plan": "enterprise"}
GROUPS = {1: "Sales", 2: "Support", 3: "Warsaw"}


class AgentRow(NamedTuple):
    """An agent or a bot."""

    id: str
    name: str
    permission: str
    groups: tuple[int, ...]
    elsewhere: bool = False  # logged in with another program, and accepting chats
    bot: bool = False


AGENTS = (
    AgentRow(FIRST_AGENT, "Agent One", "owner", (1, 2)),
    AgentRow("agent2@example.com", "Agent Two", "normal", (1,), elsewhere=True),
    AgentRow("agent3@example.com", "Agent Three", "normal", (2,), elsewhere=True),
    AgentRow("agent4@example.com", "Agent Four", "normal", (3,)),
    AgentRow(SECOND_IN_LINE, "Supervisor", "administrator", (1, 2, 3)),
    AgentRow(BOT, "Answering Bot", "normal", (1, 2), bot=True, elsewhere=True),
)


class Place(NamedTuple):
    """Where a customer comes from."""

    country: str
    country_code: str
    region: str
    city: str
    timezone: str
    latitude: str
    longitude: str
    network: str  # the first three numbers of the IP address


def geolocation(place: Place) -> dict[str, str]:
    """Show a place as a visit's geolocation."""
    return {name: str(value) for name, value in place._asdict().items() if name != "network"}


PLACES = {
    "boston": Place(
        "United States", "US", "Massachusetts", "Boston", "America/New_York",
        "42.3601", "-71.0589", "198.51.100"
    ),
    "austin": Place(
        "United States", "US", "Texas", "Austin", "America/Chicago",
        "30.2672", "-97.7431", "198.51.100"
    ),
    "wroclaw": Place(
        "Poland", "PL", "Dolnoslaskie", "Wroclaw", "Europe/Warsaw",
        "51.1079", "17.0385", "203.0.113"
    ),
    "gdansk": Place(
        "Poland", "PL", "Pomorskie", "Gdansk", "Europe/Warsaw", "54.3520", "18.6466", "203.0.113"
    ),
    "berlin": Place(
        "Germany", "DE", "Berlin", "Berlin", "Europe/Berlin", "52.5200", "13.4050", "203.0.113"
    ),
    "osaka": Place(
        "Japan", "JP", "Osaka", "Osaka", "Asia/Tokyo", "34.6937", "135.5023", "192.0.2"
    ),
    "salvador": Place(
        "Brazil", "BR", "Bahia", "Salvador", "America/Bahia", "-12.9777", "-38.5016", "192.0.2"
    ),
    "leeds": Place(
        "United Kingdom", "GB", "England", "Leeds", "Europe/London", "53.8008", "-1.5491", "192.0.2"
    ),
}  # fmt: skip


class CustomerRow(NamedTuple):
    """A customer; without an id it gets one."""

    name: str
    email: str
    place: str
    visits: int
    created: Moment
    id: str = ""
    fields: dict[str, str] = {}  # noqa: RUF012  # a row is frozen
    browsing: bool = False  # on the website at present


SAMPLE_CUSTOMER = "b7eff798-f8df-4364-8059-649c35c9ed0c"
UPDATED_CUSTOMER = "d4efab70-984f-40ee-aa09-c9cc3c4b0882"

CUSTOMERS = (
    CustomerRow("Ada Nowak", "ada@example.org", "wroclaw", 41, "2016-08-30T07:11:09.120400Z"),
    CustomerRow("Ben Carter", "ben@example.org", "boston", 12, "2016-11-02T15:40:00.000100Z"),
    CustomerRow("Carla Souza", "carla@example.org", "salvador", 3, "2017-01-19T21:05:44.500000Z"),
    CustomerRow("Dirk Vogel", "dirk@example.org", "berlin", 27, "2017-05-08T06:30:12.000000Z"),
    CustomerRow("Emi Tanaka", "emi@example.org", "osaka", 8, "2017-09-23T02:14:50.750000Z"),
    CustomerRow(
        "Filip Kowalski", "filip@example.org", "gdansk", 22, "2017-10-12T14:19:21.010200Z"
    ),
    CustomerRow("Grace Hill", "grace@example.org", "austin", 35, "2017-11-03T17:45:01.333000Z"),
    CustomerRow(
        "Hanna Zielinska", "hanna@example.org", "wroclaw", 20, "2017-12-24T10:00:00.000000Z"
    ),
    CustomerRow("Ian Moore", "ian@example.org", "leeds", 21, "2018-01-15T09:09:09.090909Z"),
    CustomerRow(
        "Jane Roe", "jane@example.org", "boston", 24, "2018-01-31T11:28:51.496000Z",
        fields={"plan": "team"},
    ),
    CustomerRow(
        "John Roe", "john@example.org", "boston", 6, "2018-03-04T19:20:30.000000Z",
        id=UPDATED_CUSTOMER, fields={"score": "high"},
    ),
    CustomerRow("Kai Brandt", "kai@example.org", "berlin", 2, "2018-06-11T12:00:00.123456Z"),
    CustomerRow(
        "Lena Wrobel", "lena@example.org", "gdansk", 15, "2018-08-01T08:31:00.000000Z",
        id=SAMPLE_CUSTOMER, browsing=True,
    ),
    CustomerRow("Mario Prado", "mario@example.org", "salvador", 1, "2018-10-28T23:59:59.999999Z"),
    CustomerRow("Nina Bell", "nina@example.org", "austin", 5, "2018-12-05T16:16:16.000000Z"),
    CustomerRow("Oskar Lis", "oskar@example.org", "wroclaw", 9, "2019-02-14T13:37:00.000000Z"),
    CustomerRow("Priya Shah", "priya@example.org", "leeds", 4, "2019-04-22T18:01:02.030405Z"),
    CustomerRow("Quentin Reed", "quentin@example.org", "boston", 7, "2019-06-30T20:20:20.202020Z"),
    CustomerRow("Rin Sato", "rin@example.org", "osaka", 2, "2019-07-17T00:45:10.000000Z"),
    CustomerRow(
        "Sofia Meyer", "sofia@example.org", "berlin", 3, 2880,
        fields={"plan": "starter"}, browsing=True,
    ),
    CustomerRow("Tom Baker", "tom@example.org", "leeds", 1, 1500, browsing=True),
    CustomerRow("Uma Costa", "uma@example.org", "salvador", 1, 700, browsing=True),
    CustomerRow("Viktor Maj", "viktor@example.org", "gdansk", 1, 90, browsing=True),
    CustomerRow("Wendy Park", "wendy@example.org", "austin", 1, 45, browsing=True),
)  # fmt: skip

# What a customer opens on the website: path and title.
SITE = "https://shop.example.com"
PAGES = (
    ("/", "Home"),
    ("/products", "Products"),
    ("/products/kettle", "Kettle"),
    ("/pricing", "Pricing"),
    ("/help", "Help"),
    ("/contact", "Contact"),
)
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:68.0) Gecko/20100101 Firefox/68.0"


class Said(NamedTuple):
    """An event: who wrote it ("customer" for the chat's), and its own fields."""

    by: str
    event: dict[str, Any]


def text(by: str, words: str, **more: Any) -> Said:
    """Make a message."""
    return Said(by, {"type": "message", "text": words, **more})


def note(by: str, words: str) -> Said:
    """Make a message that only agents see."""
    return text(by, words, recipients="agents")


class ThreadRow(NamedTuple):
    """A thread; closed unless it is the active one of its chat."""

    id: str
    begins: Moment
    events: tuple[Said, ...]
    active: bool = False
    properties: dict[str, dict[str, Any]] = {}  # noqa: RUF012  # a row is frozen
    tags: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()  # other access than the chat's


class ChatRow(NamedTuple):
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

# Who comes by besides.
FIRST_NAMES = ("Alma", "Bruno", "Cecile", "Dario", "Elif", "Finn", "Gita", "Hugo", "Ines", "Jonas")
LAST_NAMES = ("Adler", "Brown", "Costa", "Dvorak", "Eriksen", "Fontaine", "Gruber", "Horvat")
