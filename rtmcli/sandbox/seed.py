"""The licence as it begins: who is there, and the website, as rows.

A moment is a date and time, or how many minutes ago. The ids that the method reference uses in
its samples exist here, so that its samples work.
"""

from rtmcli.row import Row

Moment = str | int

FIRST_AGENT = "agent1@example.com"
SECOND_IN_LINE = "supervisor@example.com"
BOT = "5c9871d5372c824cbf22d860a707a578"
LICENCE = {"id": "104130623", "plan": "enterprise"}
GROUPS = {1: "Sales", 2: "Support", 3: "Warsaw"}


class AgentRow(Row):
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


class Place(Row):
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


class CustomerRow(Row):
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

# Who comes by besides.
FIRST_NAMES = ("Alma", "Bruno", "Cecile", "Dario", "Elif", "Finn", "Gita", "Hugo", "Ines", "Jonas")
LAST_NAMES = ("Adler", "Brown", "Costa", "Dvorak", "Eriksen", "Fontaine", "Gruber", "Horvat")
