"""Chapter "Status" of the v3.6 reference, and the login of every connection."""

from rtmcli.catalogue.model import Chapter, LoginSpec, Method, Param, ParamType, Retry

# B20: the prose describes an OAuth token, the sample has its scheme, too.
_TOKEN = Param(
    "token",
    ParamType.STRING,
    required=True,
    secret=True,
    set_by_session=True,
    help="The access token with its scheme; set by the session.",
)

_LOGIN = Method(
    action="login",
    summary="Log in and get the agent's initial state.",
    # B9: they are listed as if all were required, but explained by the pushes they permit.
    # B11: multicast:ro is not in the vendor's list of scopes; multicast:rw implies it.
    optional_scopes={
        "chats--access:ro": "pushes about chats",
        "customers:ro": "pushes about customers",
        "multicast:ro": "multicasts",
        "agents--all:ro": "pushes about agents",
        "agents-bot--all:ro": "pushes about bots",
    },
    other_pushes={"incoming_customers": "after the response"},
    retry=Retry.CONNECTION,
    retry_note="Without reconnect, it resets the routing status.",
    params=(
        _TOKEN,
        # B17: the format is not documented.
        Param("timezone", ParamType.STRING, help="The agent's time zone."),
        Param(
            "reconnect",
            ParamType.BOOLEAN,
            default="false",
            help="Restore the last routing status, instead of the default.",
        ),
        Param("application", ParamType.OBJECT, help="The client program, {name, version}."),
        Param("application.name", ParamType.STRING, help="The program's name."),
        Param("application.version", ParamType.STRING, help="The program's version."),
        Param(
            "away",
            ParamType.BOOLEAN,
            default="false",
            help="Whether the connection counts as away from the start.",
        ),
        Param(
            "customer_monitoring_level",
            ParamType.STRING,
            choices=("my", "chatting", "invited", "online", "highest_available"),
            help="Which customers' pushes the agent receives.",
        ),
        # A7, B2: without pushes all of the connection's version are sent; an empty object is
        # not described.
        Param(
            "pushes",
            ParamType.PUSH_NAMES,
            default="all",
            help='The pushes to receive, {"3.6": [name, ...]}.',
        ),
    ),
    example={
        "timezone": "Europe/Warsaw",
        "reconnect": True,
        "away": False,
        "application": {"name": "rtm-client", "version": "1.0"},
        "customer_monitoring_level": "chatting",
        "pushes": {"3.6": ["incoming_chat", "incoming_event", "agent_disconnected"]},
    },
    # B8: the response table lists access and properties, which belong to a chat summary.
    response_fields=("license", "my_profile", "chats_summary"),
    in_web_api=False,
    # E2: the SDK's push_notifications are gone.
    details=(
        "The server closes connections that do not log in within 30 seconds. The monitoring level"
        " belongs to the agent, not to the connection: its default is my for the agent's first"
        " session, and the present level afterwards. pushes may contain all for all pushes."
    ),
)

_SET_AWAY_STATUS = Method(
    action="set_away_status",
    summary="Set whether the agent is away on this connection.",
    scopes=("agents--my:rw",),
    # A8: the reference names no push.
    other_pushes={"routing_status_set": "if the agent's routing status changes"},
    retry=Retry.CONNECTION,
    retry_note="It applies to one connection: set it again after reconnecting.",
    params=(Param("away", ParamType.BOOLEAN, required=True, help="Whether the agent is away."),),
    example={"away": True},
    in_web_api=False,
    details=(
        "The status applies to the connection and ends with it, so a one-shot call has little"
        " effect. When all connections of an agent are away, the agent stops accepting chats."
    ),
)

_SET_ROUTING_STATUS = Method(
    action="set_routing_status",
    summary="Set whether an agent or a bot accepts chats.",
    scopes=("agents--my:rw", "agents--all:rw", "agents-bot--my:rw", "agents-bot--all:rw"),
    # D21: bots do not log in, but agents set their status.
    scope_conditions={
        "agents--my:rw": "the requester",
        "agents--all:rw": "any agent",
        "agents-bot--my:rw": "bots of the token's client",
        "agents-bot--all:rw": "any bot",
    },
    push="routing_status_set",
    push_keys={"agent_id": "agent_id", "status": "status"},
    retry=Retry.IDEMPOTENT,
    params=(
        # B21: other documents write "accepting chats".
        Param(
            "status",
            ParamType.STRING,
            required=True,
            choices=("accepting_chats", "not_accepting_chats", "offline"),
            help="The routing status; offline is for bots only.",
        ),
        Param(
            "agent_id",
            ParamType.STRING,
            default="the requester",
            help="The id of the agent or bot.",
        ),
    ),
    sandbox_overrides={"agent_id": "agent2@example.com"},
    example={"status": "not_accepting_chats", "agent_id": "smith@example.com"},
    details=(
        "The status lasts for the session, whatever its connections do; afterwards the configured"
        " status applies. A bot of the type ai_agent requires a token of the client that owns it."
    ),
)

_LOGOUT = Method(
    action="logout",
    summary="Log the agent out.",
    other_pushes={"agent_disconnected": "to the other connections of the agent"},
    retry=Retry.CONNECTION,
    retry_note="A second call requires a new login, which reverses the logout.",
    params=(
        # E1: only the vendor's SDK sends it.
        Param(
            "agent_id",
            ParamType.STRING,
            default="the requester",
            documented=False,
            help="The agent to log out.",
        ),
    ),
    in_web_api=False,
    details="Closing the connection also ends the session, but does not log the agent out.",
)

_LIST_ROUTING_STATUSES = Method(
    action="list_routing_statuses",
    summary="List the routing statuses of agents and bots.",
    # B10: they are joined by "and", but each is explained by its kind.
    scopes=("agents--all:ro", "agents-bot--all:ro"),
    scope_conditions={"agents--all:ro": "agents", "agents-bot--all:ro": "bots"},
    retry=Retry.READ_ONLY,
    params=(
        Param("filters", ParamType.OBJECT, help="Criteria for agents and bots."),
        Param("filters.group_ids", ParamType.INTEGERS, help="Match any of these groups."),
    ),
    example={"filters": {"group_ids": [0]}},
    response_type=ParamType.OBJECTS,
    response_fields=("agent_id", "status"),
    columns=("agent_id", "status"),
)

_UPDATE_SESSION = Method(
    action="update_session",
    summary="Replace the token of the connection.",
    retry=Retry.CONNECTION,
    params=(_TOKEN,),
    in_web_api=False,
    details="The connection then outlasts the old token.",
)

# A3: the index lists set_routing_status before set_away_status.
CHAPTER = Chapter(
    "status",
    (
        _LOGIN,
        _SET_AWAY_STATUS,
        _SET_ROUTING_STATUS,
        _LOGOUT,
        _LIST_ROUTING_STATUSES,
        _UPDATE_SESSION,
    ),
)

LOGIN_SPEC = LoginSpec(
    token_param="token",  # noqa: S106  # a parameter's name
    application_params=("application", "name", "version"),
    reconnect_param="reconnect",
    profile_params=("away", "reconnect", "timezone"),
    response_paths={
        "agent": "my_profile.id",
        "permission": "my_profile.permission",
        "license": "license.id",
        "organization": "license.organization_id",
        "plan": "license.plan",
    },
    away_param="away",
    pushes_param="pushes",
    monitoring_param="customer_monitoring_level",
)
