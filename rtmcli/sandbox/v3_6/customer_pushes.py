"""Render what happened to customers as the pushes of v3.6."""

from rtmcli.sandbox.domain import facts
from rtmcli.sandbox.domain.model import Customer, JSONObject, Profile
from rtmcli.sandbox.domain.state import State
from rtmcli.sandbox.domain.timestamps import format_datetime
from rtmcli.sandbox.domain.website.monitoring import is_monitored
from rtmcli.sandbox.interface import PushDelivery
from rtmcli.sandbox.v3_6 import views
from rtmcli.sandbox.v3_6.audiences import (
    chat_agents,
    has_scope,
    watchers,
)
from rtmcli.sandbox.v3_6.deliveries import Deliveries, unrequested


def customer_moved(state: State, customer: Customer, fact: facts.AccessChanged) -> Deliveries:
    """Inform the agents who monitor a customer no longer, and those who do from now on."""
    is_online = customer.id in state.visits
    before, after = (
        frozenset(
            agent.id
            for agent in state.agents.values()
            if is_monitored(state, agent, customer, is_online=is_online, access=access)
            and has_scope(state, agent.id, "customers:ro")
        )
        for access in (fact.before, fact.after)
    )
    transferred = {
        "id": customer.id,
        "transferred_to": views.render_access(fact.after),
        "followed": False,
    }
    deliveries = []
    if before - after:
        deliveries.append(unrequested("customer_transferred", transferred, before - after))
    if after - before:
        visitor = views.render_visitor(state, customer)
        deliveries.append(unrequested("incoming_customer", visitor, after - before))
    return deliveries


def _about_customer(
    state: State,
    customer: Customer,
    name: str,
    payload: JSONObject,
    *,
    to_requester: bool = False,
    was_online: bool = False,
) -> Deliveries:
    """Send a push to those who watch a customer."""
    agent_ids, connection_ids = watchers(state, customer, was_online=was_online)
    return [PushDelivery(name, payload, agent_ids, connection_ids, to_requester)]


def customer_created(state: State, fact: facts.CustomerCreated) -> Deliveries:
    """Show a customer who is not on the website."""
    if fact.customer.id in state.visits:  # shown because of the visit
        return []
    payload = views.render_visitor(state, fact.customer)
    return _about_customer(state, fact.customer, "incoming_customer", payload)


def customer_updated(state: State, fact: facts.CustomerUpdated) -> Deliveries:
    """Render what changed of a customer's data."""
    customer, profile = fact.customer, fact.customer.profile
    changed = Profile(**{name: getattr(profile, name) for name in fact.changed})
    payload = {"id": customer.id, "type": "customer", **views.render_profile(changed)}
    [push] = _about_customer(state, customer, "customer_updated", payload, to_requester=True)
    chat = state.chats.get(customer.chat_id)
    if chat:
        push = push._replace(agent_ids=push.agent_ids | chat_agents(state, chat.audience))
    return [push]


def customer_banned(state: State, fact: facts.CustomerBanned) -> Deliveries:
    """Render a ban."""
    customer = fact.customer
    payload = {"customer_id": customer.id, "ban": {"days": fact.days}}
    return _about_customer(
        state, customer, "customer_banned", payload, to_requester=True, was_online=True
    )


def visit_started(state: State, fact: facts.VisitStarted) -> Deliveries:
    """Show a customer who came to the website."""
    payload = views.render_visitor(state, fact.customer)
    return _about_customer(state, fact.customer, "incoming_customer", payload)


def page_opened(state: State, fact: facts.PageOpened) -> Deliveries:
    """Render a page view."""
    payload = {
        "customer_id": fact.customer.id,
        "visit_id": fact.visit.number,
        **views.render_page(fact.page),
    }
    opened = _about_customer(state, fact.customer, "customer_page_updated", payload)
    return opened + statistics(state, fact.customer)


def statistics(state: State, customer: Customer) -> Deliveries:
    """Render the counters of a customer."""
    payload: JSONObject = {"customer_id": customer.id, "statistics": customer.statistics}
    return _about_customer(state, customer, "customer_statistics_updated", payload)


def visit_ended(state: State, fact: facts.VisitEnded) -> Deliveries:
    """Render the end of a visit."""
    payload = {"id": fact.customer.id, "left_at": format_datetime(fact.visit.ended)}
    return _about_customer(state, fact.customer, "customer_left", payload, was_online=True)


def subscription_totals(_: State, fact: facts.SubscriptionTotals) -> Deliveries:
    """Render how many customers match a subscription."""
    connection = frozenset({fact.connection_id})
    name = "subscribed_customers_totals_updated"
    return [PushDelivery(name, fact.totals, connection_ids=connection)]
