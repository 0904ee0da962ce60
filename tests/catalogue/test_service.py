"""Facts about the service, typed by hand from the documents of both versions."""

import re

from support.reference import every_api

from rtmcli.catalogue import service
from rtmcli.catalogue.api import Api


def test_the_regions_match_the_documentation() -> None:
    """There are two; the American one is the default."""
    assert service.REGIONS == {"dal": "api.livechatinc.com", "fra": "api-fra.livechatinc.com"}
    assert service.DEFAULT_REGION == "dal"


def test_the_limits_match_the_documentation() -> None:
    """They are 10 pending requests, 30 s to log in, a ping every 15 s, 15 s per request."""
    assert service.MAX_PENDING_REQUESTS == 10
    assert (service.LOGIN_TIMEOUT, service.PING_INTERVAL) == (30, 15)
    assert (service.IDLE_TIMEOUT, service.REQUEST_TIMEOUT) == (30, 15)


@every_api
def test_the_path_of_each_version_has_the_documented_form(api: Api) -> None:
    """The pattern finds the version in it."""
    match = re.fullmatch(service.PATH_PATTERN, api.path)
    assert match
    assert match["version"] == api.version
