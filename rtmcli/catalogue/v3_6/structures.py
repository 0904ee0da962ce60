"""The fields of an event, and of the users and accesses of a chat, in requests.

Paths are relative to the structure. The sources are the reference's data structures.
"""

from rtmcli.catalogue.model import Constraint, Param, ParamType, Rule, Severity

EVENT_TYPES = (
    "message",
    "file",
    "rich_message",
    "form",
    "filled_form",
    "custom",
    "system_message",
)
MAX_TEXT_BYTES = 16 * 1024
VISIBILITIES = ("all", "agents")

ACCESS_GROUP_IDS = Param(
    "group_ids",
    ParamType.INTEGERS,
    required=True,
    help="The ids of the groups; 0 stands for all agents.",
)
USER_FIELDS = (
    Param(
        "id",
        ParamType.STRING,
        required=True,
        help="The agent's e-mail address or the customer's id.",
    ),
    Param(
        "type",
        ParamType.STRING,
        required=True,
        choices=("agent", "customer"),
        help="The type of the user.",
    ),
)

# B6: the reference requires type, value and user_ids, but its samples have buttons without them.
# B7: a push's sample has another type than the four documented ones.
_BUTTON_FIELDS = (
    Param("text", ParamType.STRING, required=True, help="The label."),
    Param("postback_id", ParamType.STRING, required=True, help="The button's postback id."),
    Param("type", ParamType.STRING, help="webview, message, url or phone."),
    Param("value", ParamType.STRING, help="The message, URL or phone number."),
    Param("webview_height", ParamType.STRING, help="Webview: compact, full or tall."),
    # B6: state of the server, for which clients send an empty array.
    Param("user_ids", ParamType.STRINGS, may_be_empty=True, help="The users who pressed it."),
    Param("target", ParamType.STRING, help="URL: new or current window."),
)
_ELEMENT_FIELDS = (
    Param("title", ParamType.STRING, help="The title."),
    Param("subtitle", ParamType.STRING, help="The text below the title."),
    Param("image", ParamType.OBJECT, help="The image."),
    Param("image.url", ParamType.STRING, required=True, help="The image's URL."),
    Param(
        "buttons",
        ParamType.OBJECTS,
        max_items=13,  # D15: 11 in an older text
        severity=Severity.WARNING,
        items=_BUTTON_FIELDS,
        help="The buttons.",
    ),
    Param("ecommerce", ParamType.OBJECT, help="The product."),
    # B3: the reference lists view_type and product_id as optional, but requires them.
    Param(
        "ecommerce.view_type",
        ParamType.STRING,
        required=True,
        choices=("tags", "swatch", "images", "select"),
        severity=Severity.WARNING,
        help="How options are shown.",
    ),
    Param("ecommerce.product_id", ParamType.STRING, required=True, help="The id of the product."),
)
_FORM_FIELDS = (
    Param("type", ParamType.STRING, required=True, help="The type of the field."),
    Param("id", ParamType.STRING, required=True, help="The id of the field."),
    Param("label", ParamType.STRING, required=True, help="The label of the field."),
)

COMMON_EVENT_FIELDS = (
    # An event of type `system` cannot be sent.
    Param(
        "type",
        ParamType.STRING,
        required=True,
        choices=EVENT_TYPES,
        severity=Severity.WARNING,
        help="The type of the event.",
    ),
    Param(
        "custom_id",
        ParamType.STRING,
        help="An id of your choice; it does not prevent duplicates.",
    ),
    Param(
        "visibility",
        ParamType.STRING,
        choices=VISIBILITIES,
        default="all",
        help="Who can see the event.",
    ),
    Param("properties", ParamType.PROPERTIES, help="Initial properties of the event."),
)
TEXT = Param(
    "text",
    ParamType.STRING,
    max_bytes=MAX_TEXT_BYTES,
    help="Text of a message or system message, up to 16 KB.",
)
EVENT_FIELDS = (
    *COMMON_EVENT_FIELDS,
    TEXT,
    Param("postback", ParamType.OBJECT, help="Message: the button that it replies to."),
    Param(
        "postback.id", ParamType.STRING, required=True, help="Message: the button's postback id."
    ),
    Param(
        "postback.thread_id",
        ParamType.STRING,
        required=True,
        help="Message: the id of the button's thread.",
    ),
    Param(
        "postback.event_id",
        ParamType.STRING,
        required=True,
        help="Message: the id of the button's event.",
    ),
    Param("postback.type", ParamType.STRING, help="Message: the button's type."),
    Param("postback.value", ParamType.STRING, help="Message: the button's value."),
    Param("postback.ecommerce", ParamType.OBJECT, help="Message: the selected product."),
    Param(
        "postback.ecommerce.product_id",
        ParamType.STRING,
        required=True,
        help="Message: the id of the product.",
    ),
    Param(
        "postback.ecommerce.option_id",
        ParamType.STRING,
        help="Message: the id of the product's option.",
    ),
    Param("postback.ecommerce.quantity", ParamType.NUMBER, help="Message: the number of products."),
    Param(
        "template_id",
        ParamType.STRING,
        choices=("cards", "sticker", "quick_replies", "ecommerce"),
        severity=Severity.WARNING,
        help="Rich message: its template.",
    ),
    Param(
        "elements",
        ParamType.OBJECTS,
        max_items=10,
        severity=Severity.WARNING,
        items=_ELEMENT_FIELDS,
        help="Rich message: up to 10 cards, each up to 13 buttons.",
    ),
    # B22: the size is for images only, and set by the server.
    Param("url", ParamType.STRING, help="File: its URL on the vendor's servers."),
    Param("alternative_text", ParamType.STRING, help="File: a description of the image."),
    Param("form_id", ParamType.STRING, help="Form: the id of the form."),
    Param(
        "fields",
        ParamType.OBJECTS,
        items=_FORM_FIELDS,
        help="Form: the fields; filled form: with their answers.",
    ),
    Param("content", ParamType.ANY, help="Custom: any JSON object."),
    Param("system_message_type", ParamType.STRING, help="System message: its type."),
    Param("text_vars", ParamType.OBJECT, help="System message: variables of the text."),
)


def prefixed(prefix: str, params: tuple[Param, ...]) -> tuple[Param, ...]:
    """Return a structure's fields as members of the object at a path."""
    return tuple(param._replace(path=f"{prefix}.{param.path}") for param in params)


def _required_fields(event_type: str, *names: str) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            Constraint.AT_LEAST_ONE,
            (f"event.{name}",),
            message=f"an event of type {event_type} requires {name}",
            when={"event.type": event_type},
        )
        for name in names
    )


# The rules of an event in the member `event`.
EVENT_RULES = (
    *_required_fields("message", "text"),
    *_required_fields("file", "url"),
    *_required_fields("rich_message", "template_id"),
    *_required_fields("form", "form_id", "fields"),
    *_required_fields("filled_form", "form_id", "fields"),
    *_required_fields("system_message", "system_message_type"),
    Rule(
        Constraint.ALL_OR_NONE,
        ("event.postback.type", "event.postback.value"),
        message="event.postback requires both type and value, or neither",
        severity=Severity.WARNING,
    ),
    # B24: the default visibility of system messages is not documented.
    Rule(
        Constraint.AT_LEAST_ONE,
        ("event.visibility",),
        message="a system message should have a visibility",
        when={"event.type": "system_message"},
        severity=Severity.NOTE,
    ),
)
