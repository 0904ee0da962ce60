"""The parameters that page a list by cursor."""

from rtmcli.catalogue.model import Param, ParamType

PAGE_ID = Param("page_id", ParamType.STRING, help="The page to get, as an earlier answer named it.")
LIMIT = Param(
    "limit", ParamType.INTEGER, at_most=100, default="10", help="How many items a page has."
)
ORDER = Param(
    "order",
    ParamType.STRING,
    choices=("asc", "desc"),
    default="desc",
    help="Whether the oldest (asc) or the newest (desc) come first.",
)
