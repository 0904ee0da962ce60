"""Agents: connections, routing statuses, groups, and what they monitor."""

from support.sample_ids import AGENT4, BOT, CHAT, CUSTOMER, GROUP2_CHAT, SUPERVISOR

from rtmcli.sandbox.domain import agents
from rtmcli.sandbox.domain.chats import queues
from rtmcli.sandbox.domain.facts import GroupStatusSet, RoutingStatusSet, SubscriptionTotals
from rtmcli.sandbox.domain.license import License
from rtmcli.sandbox.domain.website import monitoring, subscriptions


def test_a_connection_changes_the_status_of_agent_and_groups() -> None:
    """Group 3 has no agent online at first."""
    state = License(seed=1).state
    agent = state.agents[AGENT4]
    came = agents.connect(state, agent, 1, reconnect=False)
    left = agents.disconnect(state, agent, 1)

    assert came == [
        RoutingStatusSet(agent, "accepting_chats", to_requester=False),
        GroupStatusSet(3, "accepting_chats"),
    ]
    assert left == [
        RoutingStatusSet(agent, "offline", to_requester=False),
        GroupStatusSet(3, "offline"),
    ]
    assert agents.disconnect(state, agent, 1) == []


def test_a_connection_may_start_away() -> None:
    """Then the agent does not accept chats, until another connection is not away."""
    state = License(seed=1).state
    agent = state.agents[SUPERVISOR]
    agents.connect(state, agent, 1, reconnect=True, away=True)
    alone = agents.current_status(agent)
    agents.connect(state, agent, 2, reconnect=True)

    assert (alone, agents.current_status(agent)) == ("not_accepting_chats", "accepting_chats")


def test_a_group_has_the_best_status_of_its_agents() -> None:
    """Everybody is in group 0."""
    state = License(seed=1).state
    state.agents[BOT].routing_status = "offline"

    assert agents.group_statuses(state) == {
        0: "accepting_chats",
        1: "accepting_chats",
        2: "accepting_chats",
        3: "offline",
    }


def test_chats_wait_in_order() -> None:
    """Leaving the queue moves those behind; leaving it twice does nothing."""
    state = License(seed=1).state
    first, second = state.chats[CHAT], state.chats[GROUP2_CHAT]
    for chat in (first, second):
        queues.join(state, chat)
    places = [queues.place(state, chat) for chat in (first, second)]
    [moved] = queues.leave(state, first)

    assert [place.position for place in places if place] == [1, 2]
    assert moved.chats == (second,)  # type: ignore[union-attr]  # the only kind of fact here
    assert (queues.place(state, first), queues.leave(state, first)) == (None, [])


def test_monitored_customers_depend_on_groups() -> None:
    """A customer of another group is not monitored, unless the agent is in the chat."""
    state = License(seed=1).state
    agent, customer = state.agents[AGENT4], state.customers[CUSTOMER]
    agent.monitoring_level = "online"
    visible = customer in monitoring.monitored_customers(state, agent)
    customer.access = customer.access._replace(group_ids=(1,))

    assert visible
    assert customer not in monitoring.monitored_customers(state, agent)


def test_totals_are_those_of_exceeded_subscriptions() -> None:
    """Only customers on the website count."""
    state = License(seed=1).state
    exceeded = subscriptions.subscribe(state, 1, frozenset({1}), 2)
    subscriptions.subscribe(state, 2, frozenset({1}), 100)

    assert subscriptions.exceeded(state) == [SubscriptionTotals(1, {exceeded: len(state.visits)})]
