"""Facts about the service that all versions of its API share."""

# region -> host. The current reference describes one host, but tokens and errors name regions.
REGIONS = {"dal": "api.livechatinc.com", "fra": "api-fra.livechatinc.com"}
DEFAULT_REGION = "dal"
PATH_PATTERN = r"/v(?P<version>[0-9]+\.[0-9]+)/agent/rtm/ws"  # of the endpoint's URL
MAX_PENDING_REQUESTS = 10  # requests without a response, per connection
LOGIN_TIMEOUT = 30.0  # seconds between connecting and logging in
PING_INTERVAL = 15.0  # seconds between pings that the server asks for
IDLE_TIMEOUT = 30.0  # seconds without a ping until the server disconnects
REQUEST_TIMEOUT = 15.0  # seconds until the server abandons a request
