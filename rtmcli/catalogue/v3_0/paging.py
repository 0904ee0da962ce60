"""The parameters that page a list by cursor."""

from rtmcli.catalogue.model import Kind, Param

PAGE_ID = Param("page_id", Kind.STRING, help="The page to get, as an earlier answer named it.")
LIMIT = Param("limit", Kind.INTEGER, at_most=100, default="10", help="How many items a page has.")
ORDER = Param(
    "order",
    Kind.STRING,
    choices=("asc", "desc"),
    default="desc",
    help="Whether the oldest (asc) or the newest (desc) come first.",
)
