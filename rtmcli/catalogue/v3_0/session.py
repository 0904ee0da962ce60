"""Chapter "login/logout" of the v3.0 reference."""

from rtmcli.catalogue.model import Chapter, LoginSpec, Method, Param, ParamType, Retry

CHAPTER = Chapter(
    "login/logout",
    (
        Method(
            action="login",
            summary="Log in and get the agent's initial state.",
            # B16: v3.0 requires none; later documents list the scopes of the pushes.
            scopes_note="The token's scopes determine which pushes are received.",
            retry=Retry.CONNECTION,
            retry_note="Without reconnect, it resets the routing status.",
            params=(
                # B1: required, but not in the sample.
                Param(
                    "token",
                    ParamType.STRING,
                    required=True,
                    secret=True,
                    set_by_session=True,
                    help="The access token with its scheme; set by the session.",
                ),
                Param("timezone", ParamType.STRING, help="The agent's time zone."),
                Param(
                    "reconnect",
                    ParamType.BOOLEAN,
                    default="false",
                    help="Restore the last routing status, instead of the default.",
                ),
                Param("push_notifications", ParamType.OBJECT, help="The mobile device to notify."),
                Param(
                    "push_notifications.firebase_token",
                    ParamType.STRING,
                    secret=True,
                    help="The device's Firebase token, which identifies the instance.",
                ),
                # B2: required only with push_notifications.
                Param(
                    "push_notifications.platform",
                    ParamType.STRING,
                    required=True,
                    choices=("ios", "android"),
                    help="The device's platform.",
                ),
                Param("application", ParamType.OBJECT, help="The client program, {name, version}."),
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
            # B8: `access` and `properties` in the response table belong to a chat summary.
            response_fields=("license", "my_profile", "chats_summary"),
            in_web_api=False,
            details="The server closes connections that do not log in within 30 seconds.",
        ),
        Method(
            action="logout",
            summary="Log the agent out.",
            retry=Retry.CONNECTION,
            retry_note="A second call requires a new login, which reverses the logout.",
            in_web_api=False,
            details="Closing the connection also ends the session, but does not log the agent out.",
        ),
    ),
)

LOGIN_SPEC = LoginSpec(
    token_param="token",  # noqa: S106  # a parameter's name
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
