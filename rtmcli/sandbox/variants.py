"""Optional behavior, where documents contradict each other or where it depends on the license."""

from enum import Enum


class Variant(Enum):
    """A deviation from the default; the value is its name on the command line."""

    REQUIRE_ORGANIZATION = "require-organization-id"
    BASIC_TOKENS = "basic-tokens"
    ONE_AGENT = "one-agent"
    TOTAL_ACTIVE_CHATS = "total-active-chats"
    FAILING_SUMMARIES = "failing-summaries"


HELP = {
    Variant.REQUIRE_ORGANIZATION: (
        "API 3.6: refuse a URL without organization_id with HTTP 400 (otherwise: a warning)"
    ),
    Variant.BASIC_TOKENS: "accept Basic tokens, too: the Base64 of an account ID, a colon and a"
    " token",
    Variant.ONE_AGENT: "refuse a second agent in a chat with validation",
    Variant.TOTAL_ACTIVE_CHATS: (
        "API 3.6: list_agents_for_transfer has total_active_chats beside active_chats"
    ),
    Variant.FAILING_SUMMARIES: "API 3.6: request_thread_summary brings incoming_error",
}
