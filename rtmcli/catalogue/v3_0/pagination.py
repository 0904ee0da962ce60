"""The parameters of lists that are paginated by cursor."""

from rtmcli.catalogue.model import Param, ParamType

PAGE_ID = Param("page_id", ParamType.STRING, help="The page to return, from an earlier response.")
LIMIT = Param(
    "limit", ParamType.INTEGER, at_most=100, default="10", help="The number of items per page."
)
ORDER = Param(
    "order",
    ParamType.STRING,
    choices=("asc", "desc"),
    default="desc",
    help="Whether the oldest (asc) or newest (desc) items come first.",
)
