"""Creating and changing customers."""

from support.license_client import CUSTOMER, LicenseClient

from rtmcli.sandbox.domain import customers
from rtmcli.sandbox.domain.model import Profile


def test_a_customer_may_have_a_fixed_id() -> None:
    """Without an ID a UUID is generated; serial numbers follow the order of creation."""
    state = LicenseClient().license.state
    first = customers.add_customer(state, Profile(), "fixed")
    second = customers.add_customer(state, Profile())

    assert (state.customers["fixed"], first.id) == (first, "fixed")
    assert len(second.id) == 36
    assert second.serial_number == first.serial_number + 1


def test_statistics_are_added_up() -> None:
    """A counter that does not exist yet starts at 0; other counters do not change."""
    customer = LicenseClient().license.state.customers[CUSTOMER]
    before = customer.statistics
    customer.increment_statistics(visits_count=2, new_count=1)

    expected = {**before, "visits_count": before["visits_count"] + 2, "new_count": 1}
    assert customer.statistics == expected


def test_a_customer_without_a_name_has_a_display_name() -> None:
    """System messages name such a customer Customer."""
    state = LicenseClient().license.state

    assert state.customers[CUSTOMER].display_name == "Lena Wrobel"
    assert customers.add_customer(state, Profile()).display_name == "Customer"
