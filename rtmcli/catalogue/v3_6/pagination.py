"""The parameters of lists, which are all paginated by cursor, and their rules."""

from rtmcli.catalogue.model import Constraint, Pagination, Param, ParamType, Rule, Severity

_FIRST_REQUEST_PARAMS = ("filters", "limit", "sort_order")

PAGE_ID = Param("page_id", ParamType.STRING, help="The page to return, from an earlier response.")
# B12: a minimum is documented for list_archives only.
LIMIT = Param(
    "limit",
    ParamType.INTEGER,
    at_least=1,
    at_most=100,
    min_severity=Severity.WARNING,
    default="10",
    help="The number of items per page.",
)
SORT_ORDER = Param(
    "sort_order",
    ParamType.STRING,
    choices=("asc", "desc"),
    default="desc",
    help="Whether the oldest (asc) or newest (desc) items come first.",
)

PAGE_ID_RULE = Rule(
    Constraint.EXCLUDES,
    ("page_id", *_FIRST_REQUEST_PARAMS),
    message="page_id excludes filters, limit and sort_order: the server keeps the first page's",
)


def pagination(items_path: str, total_path: str) -> Pagination:
    """Return how a list with these members of the response is paginated."""
    return Pagination(
        items_path=items_path,
        cursor_param="page_id",
        cursor_excludes=_FIRST_REQUEST_PARAMS,
        next_cursor_path="next_page_id",
        limit_param="limit",
        total_path=total_path,
    )


def response_fields(items_path: str, total_path: str) -> tuple[str, ...]:
    """Return the members of a list's response."""
    return (items_path, total_path, "next_page_id?", "previous_page_id?")
