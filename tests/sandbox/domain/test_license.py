"""The tokens of a license."""

from rtmcli.sandbox.domain.license import License


def test_a_token_outlives_two_renewals() -> None:
    """The third one ends it; the newest token is first, those of other agents stay."""
    license_ = License(seed=1)
    first_agent_id, first, _ = license_.tokens[0]
    others = license_.tokens[1:]
    expired = [license_.renew_token() for _ in range(4)]
    newest, second, third, *remaining = license_.tokens
    assert expired[:3] == [[], [], [first]]
    assert len(expired[3]) == 1
    assert {each.agent_id for each in (newest, second, third)} == {first_agent_id}
    assert len({newest.token, second.token, third.token, first, *expired[3]}) == 5
    assert remaining == others


def test_renewed_tokens_repeat_with_a_seed() -> None:
    """So a seeded sandbox is reproducible."""
    licenses = License(seed=1), License(seed=1)
    for each in licenses:
        each.renew_token()
    assert licenses[0].tokens == licenses[1].tokens
