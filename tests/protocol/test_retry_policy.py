"""Which calls may be sent again after which failure."""

import pytest

from rtmcli.catalogue.model import Retry
from rtmcli.protocol.retry_policy import FailureKind, may_retry

# The failure; may a read be retried? an idempotent call, without and with the user's consent? any
# other call, even with it?
RETRY_TABLE = """
REFUSED       no   no   no   no
NOT_EXECUTED  yes  yes  yes  yes
AMBIGUOUS     yes  no   yes  no
FATAL         no   no   no   no
"""


@pytest.mark.parametrize("line", RETRY_TABLE.strip().splitlines())
def test_retries_follow_the_table(line: str) -> None:
    """A call is sent at most once, unless it was proved not executed or cannot act twice."""
    name, *expected = line.split()
    cases = [
        (Retry.READ_ONLY, False),
        (Retry.IDEMPOTENT, False),
        (Retry.IDEMPOTENT, True),
        (Retry.NEVER, True),
    ]
    allowed = [
        may_retry(retry, FailureKind[name], retry_idempotent=opted_in) for retry, opted_in in cases
    ]
    assert allowed == [word == "yes" for word in expected]


@pytest.mark.parametrize("retry_idempotent", [False, True])
@pytest.mark.parametrize("retry", [Retry.NEVER, Retry.CONNECTION, Retry.EPHEMERAL])
def test_calls_that_act_twice_are_retried_only_if_not_executed(
    retry: Retry, retry_idempotent: bool
) -> None:
    """The same holds for calls that belong to their connection or are worthless when late."""
    allowed = [
        failure
        for failure in FailureKind
        if may_retry(retry, failure, retry_idempotent=retry_idempotent)
    ]
    assert allowed == [FailureKind.NOT_EXECUTED]
