"""Chapter "login/logout" of the v3.0 reference."""

from rtmcli.catalogue.model import Chapter, LoginSpec, Method, Param, ParamType, Retry

CHAPTER = Chapter(
    "login/logout",
    (
        Method(
            action="login",
            summary="Log in and get the agent's initial state.",
            # B16: v3.0 asks for none; later documents list what the pushes need.
            scopes_note="Pushes come for what the token's scopes cover.",
            retry=Retry.CONNECTION,
            retry_note="Without reconnect it resets the routing status; each counts as a session.",
            params=(
                # B1: required, but absent from the sample.
                Param(
                    "token",
                    ParamType.STRING,
                    required=True,
                    secret=True,
                    set_by_session=True,
                    help="The access token, with its scheme; the session has it.",
                ),
                Param("timezone", ParamType.STRING, help="The agent's time zone."),
                Param(
                    "reconnect",
                    ParamType.BOOLEAN,
                    default="false",
                    help="Restore the last routing status, not the default one.",
                ),
                Param(
                    "push_notifications", ParamType.OBJECT, help="Notifications to a mobile device."
                ),
                Param(
                    "push_notifications.firebase_token",
                    ParamType.STRING,
                    secret=True,
                    help="The device's Firebase token, to be seen as one instance.",
                ),
                # B2: required only where there are push_notifications.
                Param(
                    "push_notifications.platform",
                    ParamType.STRING,
                    required=True,
                    choices=("ios", "android"),
                    help="The device's platform.",
                ),
                Param(
                    "application", ParamType.OBJECT, help="Which program logs in, {name, version}."
                ),
                Param("application.name", ParamType.STRING, help="The program's name."),
                Param("application.version", ParamType.STRING, help="The program's version."),
            ),
            example={
                "push_notifications": {
                    "firebase_token": "JDa8813Ka92mmKda00dsdkAKDA0",
                    "platform": "ios",
                },
                "application": {
                    "name": "SmartClient - Chrome",
                    "version": "4.1.2.1231 (57.0.2987.133)",
                },
            },
            # B8: the response table's `access` and `properties` belong to a chat summary.
            response_fields=("license", "my_profile", "chats_summary"),
            in_web_api=False,
            details="The server closes a connection that has not logged in within 30 seconds.",
        ),
        Method(
            action="logout",
            summary="Log the agent out.",
            retry=Retry.CONNECTION,
            retry_note="To send it again takes a login, which undoes it.",
            in_web_api=False,
            details="Closing the connection ends a session too, without logging the agent out.",
        ),
    ),
)

LOGIN_SPEC = LoginSpec(
    token_param="token",  # noqa: S106  # the name of the parameter
    application_params=("application", "name", "version"),
    reconnect_param="reconnect",
    profile_params=("reconnect", "timezone"),
    response_paths={
        "agent": "my_profile.id",
        "permission": "my_profile.permission",
        "license": "license.id",
        "plan": "license.plan",
    },
)
