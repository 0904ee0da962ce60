"""Decide whether a call may be sent again.

A call is sent at most once, unless the server proved that it did not execute it:

==========================  ====  ===================  ======
failure                     read  idempotent           others
==========================  ====  ===================  ======
FailureKind.REFUSED         no    no                   no
FailureKind.NOT_EXECUTED    yes   yes                  yes
FailureKind.AMBIGUOUS       yes   if the user opts in  no
FailureKind.FATAL           no    no                   no
==========================  ====  ===================  ======
"""

from enum import Enum

from rtmcli.catalogue.model import Retry

MAX_ATTEMPTS = 3  # of one call, and of one connection


class FailureKind(Enum):
    """What is known about a call that failed."""

    REFUSED = "not executed, and would be refused again"
    NOT_EXECUTED = "proved not executed"
    AMBIGUOUS = "outcome unknown: the connection or the response was lost"
    FATAL = "outcome unknown, and the call must not be sent again"


def may_retry(retry: Retry, failure: FailureKind, *, retry_idempotent: bool) -> bool:
    """Return whether a call of this retry class may be sent again after a failure."""
    if failure is FailureKind.NOT_EXECUTED:
        return True
    repeatable = retry is Retry.READ_ONLY or (retry_idempotent and retry is Retry.IDEMPOTENT)
    return failure is FailureKind.AMBIGUOUS and repeatable
