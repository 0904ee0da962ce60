"""Simulated customers, as v3.6 shows them."""

from support.license_client import render
from support.sample_ids import AGENT1

from rtmcli.catalogue.v3_6 import API
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.traffic import TrafficGenerator

PUSH_FIELDS = {push.name: push.payload_fields for push in API.pushes}


def test_customers_cause_documented_pushes() -> None:
    """They come, browse, chat, rate and leave; each push has its documented members only."""
    license_ = License(seed=1)
    license_.state.agents[AGENT1].monitoring_level = "online"
    traffic = TrafficGenerator(license_, seed=1)
    names = set()
    for _ in range(1000):
        for push in render(license_, traffic.step(), API.version):
            fields = PUSH_FIELDS[push.name]
            required = {each for each in fields if not each.endswith("?")}
            assert required <= push.payload.keys() <= {each.removesuffix("?") for each in fields}
            names.add(push.name)
    assert names == {
        "incoming_customer",
        "customer_page_updated",
        "customer_statistics_updated",
        "customer_left",
        "incoming_chat",
        "incoming_sneak_peek",
        "incoming_event",
        "thread_properties_updated",
        "chat_deactivated",
    }
