"""Sample data: agents, groups, customers and the website.

The IDs in the examples of the method reference exist here, so that the examples work.
"""

from typing import NamedTuple

SeedTime = str | int  # a date and time, or minutes ago

FIRST_AGENT_ID = "agent1@example.com"
SUPERVISOR_ID = "supervisor@example.com"
BOT_ID = "5c9871d5372c824cbf22d860a707a578"
LICENSE = {"id": "104130623", "plan": "enterprise"}
ORGANIZATION_ID = "0c2f8b6a-7d1e-4b53-9a40-6e5d1f3c7b28"
GROUPS = {1: "Sales", 2: "Support", 3: "Warsaw"}


class SeedAgent(NamedTuple):
    """An agent or a bot."""

    id: str
    name: str
    permission: str
    group_ids: tuple[int, ...]
    has_external_connection: bool = False  # online and accepting chats without the sandbox
    is_bot: bool = False


AGENTS = (
    SeedAgent(FIRST_AGENT_ID, "Agent One", "owner", (1, 2)),
    SeedAgent("agent2@example.com", "Agent Two", "normal", (1,), has_external_connection=True),
    SeedAgent("agent3@example.com", "Agent Three", "normal", (2,), has_external_connection=True),
    SeedAgent("agent4@example.com", "Agent Four", "normal", (3,)),
    SeedAgent(SUPERVISOR_ID, "Supervisor", "administrator", (1, 2, 3)),
    SeedAgent(BOT_ID, "Answering Bot", "normal", (1, 2), is_bot=True, has_external_connection=True),
)


class Location(NamedTuple):
    """A customer's location."""

    country: str
    country_code: str
    region: str
    city: str
    timezone: str
    latitude: str
    longitude: str
    network: str  # the first three bytes of the IP address


def geolocation(location: Location) -> dict[str, str]:
    """Return the geolocation object of a visit."""
    return {name: str(value) for name, value in location._asdict().items() if name != "network"}


LOCATIONS = {
    "boston": Location(
        "United States", "US", "Massachusetts", "Boston", "America/New_York",
        "42.3601", "-71.0589", "198.51.100"
    ),
    "austin": Location(
        "United States", "US", "Texas", "Austin", "America/Chicago",
        "30.2672", "-97.7431", "198.51.100"
    ),
    "wroclaw": Location(
        "Poland", "PL", "Dolnoslaskie", "Wroclaw", "Europe/Warsaw",
        "51.1079", "17.0385", "203.0.113"
    ),
    "gdansk": Location(
        "Poland", "PL", "Pomorskie", "Gdansk", "Europe/Warsaw", "54.3520", "18.6466", "203.0.113"
    ),
    "berlin": Location(
        "Germany", "DE", "Berlin", "Berlin", "Europe/Berlin", "52.5200", "13.4050", "203.0.113"
    ),
    "osaka": Location(
        "Japan", "JP", "Osaka", "Osaka", "Asia/Tokyo", "34.6937", "135.5023", "192.0.2"
    ),
    "salvador": Location(
        "Brazil", "BR", "Bahia", "Salvador", "America/Bahia", "-12.9777", "-38.5016", "192.0.2"
    ),
    "leeds": Location(
        "United Kingdom", "GB", "England", "Leeds", "Europe/London", "53.8008", "-1.5491", "192.0.2"
    ),
}  # fmt: skip


class SeedCustomer(NamedTuple):
    """A customer; an ID is generated if none is given."""

    name: str
    email: str
    location: str
    visit_count: int
    created_at: SeedTime
    id: str = ""
    fields: dict[str, str] = {}  # noqa: RUF012  # never changed
    is_online: bool = False  # on the website


SAMPLE_CUSTOMER_ID = "b7eff798-f8df-4364-8059-649c35c9ed0c"
UPDATED_CUSTOMER_ID = "d4efab70-984f-40ee-aa09-c9cc3c4b0882"

CUSTOMERS = (
    SeedCustomer("Ada Nowak", "ada@example.org", "wroclaw", 41, "2016-08-30T07:11:09.120400Z"),
    SeedCustomer("Ben Carter", "ben@example.org", "boston", 12, "2016-11-02T15:40:00.000100Z"),
    SeedCustomer("Carla Souza", "carla@example.org", "salvador", 3, "2017-01-19T21:05:44.500000Z"),
    SeedCustomer("Dirk Vogel", "dirk@example.org", "berlin", 27, "2017-05-08T06:30:12.000000Z"),
    SeedCustomer("Emi Tanaka", "emi@example.org", "osaka", 8, "2017-09-23T02:14:50.750000Z"),
    SeedCustomer(
        "Filip Kowalski", "filip@example.org", "gdansk", 22, "2017-10-12T14:19:21.010200Z"
    ),
    SeedCustomer("Grace Hill", "grace@example.org", "austin", 35, "2017-11-03T17:45:01.333000Z"),
    SeedCustomer(
        "Hanna Zielinska", "hanna@example.org", "wroclaw", 20, "2017-12-24T10:00:00.000000Z"
    ),
    SeedCustomer("Ian Moore", "ian@example.org", "leeds", 21, "2018-01-15T09:09:09.090909Z"),
    SeedCustomer(
        "Jane Roe", "jane@example.org", "boston", 24, "2018-01-31T11:28:51.496000Z",
        fields={"plan": "team"},
    ),
    SeedCustomer(
        "John Roe", "john@example.org", "boston", 6, "2018-03-04T19:20:30.000000Z",
        id=UPDATED_CUSTOMER_ID, fields={"score": "high"},
    ),
    SeedCustomer("Kai Brandt", "kai@example.org", "berlin", 2, "2018-06-11T12:00:00.123456Z"),
    SeedCustomer(
        "Lena Wrobel", "lena@example.org", "gdansk", 15, "2018-08-01T08:31:00.000000Z",
        id=SAMPLE_CUSTOMER_ID, is_online=True,
    ),
    SeedCustomer("Mario Prado", "mario@example.org", "salvador", 1, "2018-10-28T23:59:59.999999Z"),
    SeedCustomer("Nina Bell", "nina@example.org", "austin", 5, "2018-12-05T16:16:16.000000Z"),
    SeedCustomer("Oskar Lis", "oskar@example.org", "wroclaw", 9, "2019-02-14T13:37:00.000000Z"),
    SeedCustomer("Priya Shah", "priya@example.org", "leeds", 4, "2019-04-22T18:01:02.030405Z"),
    SeedCustomer("Quentin Reed", "quentin@example.org", "boston", 7, "2019-06-30T20:20:20.202020Z"),
    SeedCustomer("Rin Sato", "rin@example.org", "osaka", 2, "2019-07-17T00:45:10.000000Z"),
    SeedCustomer(
        "Sofia Meyer", "sofia@example.org", "berlin", 3, 2880,
        fields={"plan": "starter"}, is_online=True,
    ),
    SeedCustomer("Tom Baker", "tom@example.org", "leeds", 1, 1500, is_online=True),
    SeedCustomer("Uma Costa", "uma@example.org", "salvador", 1, 700, is_online=True),
    SeedCustomer("Viktor Maj", "viktor@example.org", "gdansk", 1, 90, is_online=True),
    SeedCustomer("Wendy Park", "wendy@example.org", "austin", 1, 45, is_online=True),
)  # fmt: skip

# The pages of the website: path and title.
SITE_URL = "https://shop.example.com"
PAGES = (
    ("/", "Home"),
    ("/products", "Products"),
    ("/products/kettle", "Kettle"),
    ("/pricing", "Pricing"),
    ("/help", "Help"),
    ("/contact", "Contact"),
)
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:68.0) Gecko/20100101 Firefox/68.0"

# The names of new customers.
FIRST_NAMES = ("Alma", "Bruno", "Cecile", "Dario", "Elif", "Finn", "Gita", "Hugo", "Ines", "Jonas")
LAST_NAMES = ("Adler", "Brown", "Costa", "Dvorak", "Eriksen", "Fontaine", "Gruber", "Horvat")
