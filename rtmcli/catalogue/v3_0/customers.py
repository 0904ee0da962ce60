"""Chapter "customers" of the v3.0 reference."""

from rtmcli.catalogue.model import (
    Chapter,
    Constraint,
    Format,
    Method,
    Pagination,
    Param,
    ParamType,
    Retry,
    Rule,
    Severity,
)
from rtmcli.catalogue.v3_0.filters import (
    date_filter,
    range_filter,
    single_operator_rule,
    string_filter,
)
from rtmcli.catalogue.v3_0.pagination import LIMIT, ORDER, PAGE_ID

_CUSTOMER_PARAMS = (
    Param("name", ParamType.STRING, help="The customer's name."),
    Param("email", ParamType.STRING, help="The customer's e-mail address."),
    Param("avatar", ParamType.STRING, help="The URL of the customer's avatar."),
    Param(
        "fields", ParamType.STRING_MAP, help="Custom fields, {key: value}; the values are strings."
    ),
)
# C17: the response is a Customer object itself.
_CUSTOMER_FIELDS = (
    "id",
    "type?",
    "name?",
    "email?",
    "avatar?",
    "fields?",
    "last_visit?",
    "statistics?",
    "agent_last_event_created_at?",
    "customer_last_event_created_at?",
    "created_at?",
)

CHAPTER = Chapter(
    "customers",
    (
        Method(
            action="ban_customer",
            summary="Ban a customer for a number of days.",
            scopes=("customers.ban:rw",),
            push="customer_banned",
            push_keys={"customer_id": "customer_id"},
            retry=Retry.IDEMPOTENT,
            retry_note="A second call restarts the ban's days and disconnects sessions again.",
            params=(
                Param(
                    "customer_id",
                    ParamType.STRING,
                    required=True,
                    help="The id of the customer to ban.",
                ),
                Param("ban", ParamType.OBJECT, required=True, help="The ban, {days}."),
                # B26: typed as a number, without a range.
                Param(
                    "ban.days",
                    ParamType.INTEGER,
                    required=True,
                    at_least=1,
                    help="The length of the ban in days.",
                ),
            ),
            example={
                "customer_id": "b7eff798-f8df-4364-8059-649c35c9ed0c",
                "ban": {"days": 5},
            },
            details=(
                "The customer's sessions are disconnected and an active chat is closed at once. New"
                " sessions are rejected until the ban ends."
            ),
        ),
        Method(
            action="create_customer",
            summary="Create a customer.",
            scopes=("customers:rw",),
            push="customer_created",
            push_keys={"id": "customer.id"},
            retry=Retry.NEVER,
            retry_note="A second call creates another customer.",
            params=_CUSTOMER_PARAMS,  # B25: all optional; e-mail addresses are not unique.
            example={
                "email": "customer1@example.com",
                "avatar": "https://domain.com/avatars/1.jpg",
                "fields": {"some_key": "some_value"},
            },
            response_fields=_CUSTOMER_FIELDS,
            details="E-mail addresses are not unique: two customers may have the same one.",
        ),
        Method(
            action="get_customers",
            summary="List customers.",
            scopes=("customers:ro",),
            retry=Retry.READ_ONLY,
            # B18: the table has no column "Required"; all parameters are optional.
            params=(
                PAGE_ID,
                LIMIT,
                ORDER,
                Param(
                    "filters",
                    ParamType.OBJECT,
                    help="Criteria for customers; keep them the same on all pages.",
                ),
                *string_filter("filters.country", "countries"),
                *string_filter("filters.email", "e-mail addresses"),
                *string_filter("filters.name", "names"),
                *string_filter("filters.customer_id", "customer ids"),
                *range_filter("filters.chats_count", "chats"),
                *range_filter("filters.threads_count", "threads"),
                *range_filter("filters.visits_count", "visits"),
                *date_filter("filters.created_at", "the customer was created"),
                *date_filter("filters.agent_last_event_created_at", "an agent last sent an event"),
                *date_filter(
                    "filters.customer_last_event_created_at", "the customer last sent an event"
                ),
            ),
            rules=tuple(
                single_operator_rule(f"filters.{name}")
                for name in ("country", "email", "name", "customer_id")
            ),
            example={
                "filters": {
                    "country": {"values": ["United States", "Poland"]},
                    "visits_count": {"gte": 20},
                    "created_at": {"gte": "2017-10-12T15:19:21.010200+01:00"},
                },
                "page_id": "MTUxNzM5ODEzMTQ5Ng==",
            },
            response_fields=("customers", "total_customers", "next_page_id?", "previous_page_id?"),
            pagination=Pagination(
                items_path="customers",
                cursor_param="page_id",
                next_cursor_path="next_page_id",
                limit_param="limit",
                total_path="total_customers",
            ),
            columns=("id", "name", "email", "statistics.chats_count", "created_at"),
        ),
        Method(
            action="update_customer",
            summary="Update a customer's data.",
            scopes=("customers:rw",),
            push="customer_updated",
            push_condition="the customer has no active chat; otherwise when that chat ends",
            push_keys={"customer_id": "id"},  # the payload is the customer itself
            retry=Retry.IDEMPOTENT,
            params=(
                # B36: documented as UUID v4, but real ids have other variants: check the form only.
                Param(
                    "customer_id",
                    ParamType.STRING,
                    required=True,
                    format=Format.CUSTOMER_ID,
                    severity=Severity.WARNING,
                    help="The id of the customer to update.",
                ),
                *_CUSTOMER_PARAMS,
            ),
            # B23: a later document requires at least one of them.
            rules=(
                Rule(
                    Constraint.AT_LEAST_ONE,
                    ("name", "email", "avatar", "fields"),
                    message="at least one of name, email, avatar and fields is required",
                    severity=Severity.WARNING,
                ),
            ),
            example={
                "customer_id": "d4efab70-984f-40ee-aa09-c9cc3c4b0882",
                "name": "John Doe",
                "avatar": "https://domain.com/avatars/1.jpg",
                "fields": {"score": "low"},
            },
            response_fields=_CUSTOMER_FIELDS,
            details="If the customer has an active chat, the change may take effect when it ends.",
        ),
    ),
)
