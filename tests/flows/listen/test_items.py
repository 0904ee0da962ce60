"""The JSON of a gap."""

from rtmcli.flows.listen.items import Gap


def test_a_gap_has_its_times_in_utc_and_its_reason() -> None:
    """Times are RFC 3339 with milliseconds; there is no count unless it is known."""
    gap = Gap(0.0, 1_700_000_000.1234, "the connection was lost")
    assert gap.to_record() == {
        "type": "rtm.gap",
        "from": "1970-01-01T00:00:00.000Z",
        "to": "2023-11-14T22:13:20.123Z",
        "reason": "the connection was lost",
    }


def test_a_gap_of_known_size_has_its_count() -> None:
    """After an overflow the number of dropped pushes is known."""
    assert Gap(0.0, 1.0, "overflow", 17).to_record()["count"] == 17
