"""How each kind of token is sent."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtmcli.settings.token_schemes import describe_kind, is_encoded_pair, scheme_and_credentials

ACCOUNT = "b7eff798-f8df-4364-8059-649c35c9ed0c"
PAIR = base64.b64encode(f"{ACCOUNT}:dal:personal".encode()).decode()


@pytest.mark.parametrize(
    ("token", "account_id", "sent"),
    [
        ("dal:abc", None, "Bearer dal:abc"),
        ("Bearer dal:abc", None, "Bearer dal:abc"),
        ("bearer  dal:abc", None, "Bearer dal:abc"),
        ("Bearer", None, "Bearer Bearer"),
        ("dal:personal", ACCOUNT, f"Basic {PAIR}"),
        ("Bearer dal:abc", ACCOUNT, "Bearer dal:abc"),
        (f"Basic {PAIR}", ACCOUNT, f"Basic {PAIR}"),
        (PAIR, None, f"Basic {PAIR}"),
        (PAIR, ACCOUNT, f"Basic {PAIR}"),
        ("YWJj", None, "Bearer YWJj"),
    ],
)
def test_a_token_is_sent_with_its_scheme(token: str, account_id: str | None, sent: str) -> None:
    """With an account id, a bare token is a personal access token."""
    assert " ".join(scheme_and_credentials(token, account_id)) == sent


@given(st.text(min_size=1))
def test_only_the_base64_of_a_pair_is_one(token: str) -> None:
    """A UUID, a colon and more; anything else, or a part of it, is not."""
    pair = base64.b64encode(f"{ACCOUNT}:{token}".encode()).decode()
    assert is_encoded_pair(pair)
    assert not is_encoded_pair(base64.b64encode(f"{ACCOUNT}:".encode()).decode())
    assert not is_encoded_pair(f"{ACCOUNT}:{token}")
    assert not is_encoded_pair(pair + "!")


def test_the_kind_of_a_token_has_a_name() -> None:
    """For `rtm doctor`."""
    assert describe_kind("Bearer x") == "access token (Bearer)"
    assert describe_kind(f"Basic {PAIR}") == "personal access token (Basic)"
