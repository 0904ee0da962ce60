"""Create, change and ban customers.

These functions do not validate anything; their callers do.
"""

from typing import Any

from rtmcli.sandbox.domain.facts import CustomerUpdated, Fact
from rtmcli.sandbox.domain.model import Customer, Profile
from rtmcli.sandbox.domain.state import State


def add_customer(state: State, profile: Profile, customer_id: str = "") -> Customer:
    """Add a new customer to the license."""
    customer = Customer(
        customer_id or state.new_uuid(), profile, len(state.customers) + 1, state.now
    )
    state.customers[customer.id] = customer
    return customer


def update(customer: Customer, changes: dict[str, Any]) -> Fact:
    """Change members of a customer's profile."""
    customer.profile = customer.profile._replace(**changes)
    return CustomerUpdated(customer, tuple(changes))
