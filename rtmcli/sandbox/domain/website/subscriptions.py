"""Subscriptions of connections to the customers of groups.

A customer of the group of all agents belongs to every group, and a subscription to that group
concerns every customer.
"""

from rtmcli.sandbox.domain.facts import SubscriptionTotals
from rtmcli.sandbox.domain.model import ALL_AGENTS_GROUP, Customer
from rtmcli.sandbox.domain.state import State, Subscription


def subscribe(state: State, connection_id: int, group_ids: frozenset[int], limit: int) -> str:
    """Subscribe a connection to customers; return the ID of the subscription."""
    subscription_id = state.new_uuid().replace("-", "")
    state.subscriptions[subscription_id] = Subscription(connection_id, group_ids, limit)
    return subscription_id


def online_customers(state: State, subscription: Subscription) -> list[Customer]:
    """List the customers on the website who match a subscription."""
    customers = (state.customers[each] for each in state.visits)
    return [customer for customer in customers if _matches(subscription, customer)]


def connections_for(state: State, customer: Customer) -> frozenset[int]:
    """Return the connections that are subscribed to a customer."""
    return frozenset(
        each.connection_id for each in state.subscriptions.values() if _matches(each, customer)
    )


def exceeded(state: State) -> list[SubscriptionTotals]:
    """Return the totals of the subscriptions that more customers match than their limit."""
    totals = {
        subscription_id: (subscription, len(online_customers(state, subscription)))
        for subscription_id, subscription in state.subscriptions.items()
    }
    return [
        SubscriptionTotals(subscription.connection_id, {subscription_id: total})
        for subscription_id, (subscription, total) in totals.items()
        if total > subscription.limit
    ]


def _matches(subscription: Subscription, customer: Customer) -> bool:
    groups = customer.access.group_ids
    return (
        ALL_AGENTS_GROUP in subscription.group_ids
        or ALL_AGENTS_GROUP in groups
        or not subscription.group_ids.isdisjoint(groups)
    )
