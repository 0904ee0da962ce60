"""Choosing the agent who gets a chat."""

from support.license_client import AGENT1, AGENT2, AGENT4, CHAT, LicenseClient

from rtmcli.sandbox.domain.chats import routing


def test_only_available_agents_are_picked() -> None:
    """Offline agents are picked with force only; without candidates there is no agent."""
    state = LicenseClient().license.state
    chat, offline = state.chats[CHAT], state.agents[AGENT4]

    assert routing.pick_agent(state, [], chat) is None
    assert routing.pick_agent(state, [offline], chat) is None
    assert routing.pick_agent(state, [offline], chat, force=True) is offline


def test_connected_agents_are_preferred() -> None:
    """An agent connected to the sandbox precedes one with an external connection."""
    state = LicenseClient().license.state
    connected, external = state.agents[AGENT1], state.agents[AGENT2]

    assert routing.pick_agent(state, [external, connected], state.chats[CHAT]) is connected
