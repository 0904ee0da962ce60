"""Chapter "Customers" of the v3.6 reference."""

from rtmcli.catalogue.model import (
    Chapter,
    Constraint,
    Format,
    Method,
    Param,
    ParamType,
    Retry,
    Rule,
    Severity,
)

_ID = Param("id", ParamType.STRING, required=True, help="The id of the customer.")
_CUSTOMER_ID = "3f6c2f0e-8a51-4b7e-9d20-6c1f5a7b8e94"
_SUBSCRIPTION_ID = "5d0a7c31e29b4f68b1c4a07d93f2e6aa"

_GET_CUSTOMER = Method(
    action="get_customer",
    summary="Get a customer's data.",
    scopes=("customers:ro",),
    retry=Retry.READ_ONLY,
    params=(_ID,),
    sandbox_overrides={"id": "b7eff798-f8df-4364-8059-649c35c9ed0c"},
    example={"id": _CUSTOMER_ID},
    # C20: the reference's table and its sample list different members; all of them are optional.
    response_fields=(
        "id",
        "type",
        "name?",
        "email?",
        "avatar?",
        "phone_number?",
        "created_at",
        "session_fields?",
        "statistics",
        "visit?",
        "chat_ids?",
        "omnichannel?",
        "address?",
        "agent_last_event_created_at?",
        "customer_last_event_created_at?",
        "tickets?",
    ),
)

_UPDATE_CUSTOMER = Method(
    action="update_customer",
    summary="Update a customer's data.",
    scopes=("customers:rw",),
    push="customer_updated",  # D12: it is pushed whether or not the customer has an active chat.
    push_keys={"id": "id"},
    other_pushes={
        "incoming_event": (
            "with the system message customer_updated if the name or e-mail address of a customer"
            " with an active chat changes"
        )
    },
    retry=Retry.IDEMPOTENT,
    retry_note="A second call may overwrite newer values.",
    params=(
        # B19: documented as UUID v4, but a sample has another variant: check the form only.
        _ID._replace(format=Format.CUSTOMER_ID, severity=Severity.WARNING),
        Param("name", ParamType.STRING, help="The customer's name."),
        Param("email", ParamType.STRING, help="The customer's e-mail address."),
        Param("avatar", ParamType.STRING, help="The URL of the customer's avatar."),
        Param(
            "phone_number",
            ParamType.STRING,
            format=Format.PHONE_NUMBER,
            severity=Severity.WARNING,
            help="The customer's telephone number.",
        ),
        Param(
            "session_fields",
            ParamType.PAIRS,
            help="Custom fields of the session, [{name: value}], in order.",
        ),
        # C16: responses and pushes contain other forms of this object.
        Param("omnichannel", ParamType.OBJECT, help="The customer's accounts on other channels."),
        Param("omnichannel.fbmessenger", ParamType.OBJECT, help="The Messenger account."),
        # B2: id and phone_number are required only in their objects.
        Param(
            "omnichannel.fbmessenger.id",
            ParamType.STRING,
            required=True,
            help="The id of the Messenger account.",
        ),
        Param("omnichannel.fbmessenger.name", ParamType.STRING, help="The name on Messenger."),
        Param(
            "omnichannel.fbmessenger.first_name",
            ParamType.STRING,
            help="The first name on Messenger.",
        ),
        Param(
            "omnichannel.fbmessenger.last_name",
            ParamType.STRING,
            help="The last name on Messenger.",
        ),
        Param(
            "omnichannel.fbmessenger.profile_pic",
            ParamType.STRING,
            help="The URL of the picture on Messenger.",
        ),
        Param("omnichannel.fbmessenger.gender", ParamType.STRING, help="The gender on Messenger."),
        Param("omnichannel.fbmessenger.locale", ParamType.STRING, help="The locale on Messenger."),
        Param(
            "omnichannel.fbmessenger.is_verified_user",
            ParamType.BOOLEAN,
            help="Whether Messenger has verified the user.",
        ),
        Param("omnichannel.twilio", ParamType.OBJECT, help="The Twilio account."),
        Param(
            "omnichannel.twilio.phone_number",
            ParamType.STRING,
            required=True,
            help="The telephone number on Twilio.",
        ),
        Param("address", ParamType.OBJECT, help="The customer's postal address."),
        Param("address.address", ParamType.STRING, help="The street and number."),
        Param("address.city", ParamType.STRING, help="The city."),
        Param("address.country", ParamType.STRING, help="The name of the country."),
        Param("address.state", ParamType.STRING, help="The state."),
        Param("address.postal_code", ParamType.STRING, help="The postal code."),
    ),
    rules=(
        # B18: the reference requires one of the optional parameters.
        Rule(
            Constraint.AT_LEAST_ONE,
            (
                "name",
                "email",
                "avatar",
                "phone_number",
                "session_fields",
                "omnichannel",
                "address",
            ),
            message="at least one parameter besides id is required",
        ),
    ),
    sandbox_overrides={"id": "b7eff798-f8df-4364-8059-649c35c9ed0c", "name": "Thomas"},
    example={
        "id": _CUSTOMER_ID,
        "name": "Thomas Anderson",
        "session_fields": [{"plan": "gold"}, {"score": "7"}],
        "address": {"city": "Gdansk", "country": "Poland"},
    },
    details=(
        "In responses and pushes, omnichannel.fbmessenger is called fb_messenger and is an array,"
        " as is omnichannel.twilio."
    ),
)

_BAN_CUSTOMER = Method(
    action="ban_customer",
    summary="Ban a customer for a number of days.",
    scopes=("customers.ban:rw",),
    push="customer_banned",
    push_keys={"id": "customer_id"},
    other_pushes={
        "incoming_event": (
            "with the system message customer_banned if the customer has an active chat"
        ),
        "chat_deactivated": "if the customer has an active chat",
    },
    retry=Retry.IDEMPOTENT,
    retry_note="A second call restarts the ban's days.",
    params=(
        _ID._replace(help="The id of the customer to ban."),
        Param("ban", ParamType.OBJECT, required=True, help="The ban, {days}."),
        # B12: typed as a number, without a range.
        Param(
            "ban.days",
            ParamType.INTEGER,
            required=True,
            at_least=1,
            severity=Severity.WARNING,
            help="The length of the ban in days.",
        ),
    ),
    sandbox_overrides={"id": "b7eff798-f8df-4364-8059-649c35c9ed0c"},
    example={"id": _CUSTOMER_ID, "ban": {"days": 3}},
    details=(
        "The customer's sessions are disconnected and an active chat is closed at once. New"
        " sessions are rejected until the ban ends."
    ),
)

_SUBSCRIBE_CUSTOMERS = Method(
    action="subscribe_customers",
    summary="List customers of groups, and receive their pushes.",
    scopes=("customers:ro",),
    other_pushes={
        "incoming_customer": "as long as the subscription lasts",
        "customer_updated": "as long as the subscription lasts",
        "customer_page_updated": "as long as the subscription lasts",
        "customer_left": "as long as the subscription lasts",
        "subscribed_customers_totals_updated": "while more customers match than the limit",
    },
    retry=Retry.CONNECTION,
    retry_note="A second call makes a second subscription.",
    params=(
        Param(
            "group_ids",
            ParamType.INTEGERS,
            default="the agent's groups",
            help="The ids of the groups.",
        ),
        # B12: neither a range nor a default is documented.
        Param(
            "limit",
            ParamType.INTEGER,
            at_least=1,
            severity=Severity.WARNING,
            help="The number of customers to follow.",
        ),
    ),
    sandbox_overrides={"group_ids": ["0", "1"]},
    example={"group_ids": [0, 19], "limit": 100},
    response_fields=("subscription_id", "customers"),
    in_web_api=False,
    details="The subscription belongs to the connection and ends with it.",
)

_UNSUBSCRIBE_CUSTOMERS = Method(
    action="unsubscribe_customers",  # C1: the sample response has another action.
    summary="End a subscription of customers.",
    scopes=("customers:ro",),
    retry=Retry.CONNECTION,
    retry_note="Another connection, or a second call, has nothing to end.",
    params=(
        Param(
            "subscription_id",
            ParamType.STRING,
            required=True,
            help="The id from the response of subscribe_customers.",
        ),
    ),
    example={"subscription_id": _SUBSCRIPTION_ID},
    in_web_api=False,
)

# D8: follow_customer and unfollow_customer were removed from all documents.
# E4: the vendor's SDK lacks the subscriptions and newer parameters of update_customer.
CHAPTER = Chapter(
    "customers",
    (
        _GET_CUSTOMER,
        _UPDATE_CUSTOMER,
        _BAN_CUSTOMER,
        _SUBSCRIBE_CUSTOMERS,
        _UNSUBSCRIBE_CUSTOMERS,
    ),
)
