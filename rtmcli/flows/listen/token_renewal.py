"""Replace the token of a session before it expires, without a new connection.

This needs a token source that says how long its token is valid, and a version of the API that can
replace the token of a connection. Otherwise the server ends the session when the token expires,
and the listener reconnects with a new one.
"""

from math import inf

from rtmcli.flows.listen.items import Notice
from rtmcli.protocol.messages import ProtocolError, Request, Response, decode
from rtmcli.session.connector import Connector
from rtmcli.session.options import Token
from rtmcli.session.session import Session

_RENEW_AT = 0.9  # of the token's lifetime


class TokenRenewal:
    """Renews the token of one session; `due_at` is when, on the monotonic clock."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self._request_id = ""  # of the request without a response
        self.due_at = self._next_due()

    def renew(self, session: Session) -> None:
        """Send the current token of the source, if it is another one; else ask no more."""
        self.due_at = inf
        credentials, api = self._connector.options.credentials, self._connector.options.api
        token = credentials.refresh(self._connector.options.timers.response_timeout)
        if not token or token == credentials.token:
            return
        self._connector.use_token(token)
        payload = {api.login_spec.token_param: token}
        request = Request(api.refresh_action, payload, session.next_request_id())
        self._request_id = request.request_id
        session.send(request)
        self.due_at = self._next_due()

    def check(self, raw_responses: list[bytes]) -> Notice | None:
        """Return why the server refused the new token, if one of the responses says so."""
        for raw in raw_responses if self._request_id else ():
            try:
                response = decode(raw)
            except ProtocolError:
                continue
            if isinstance(response, Response) and response.request_id == self._request_id:
                self._request_id = ""
                if not response.success:
                    type_, message, _ = response.error
                    return Notice("token_refused", f"the new token was refused: {type_}: {message}")
        return None

    def _next_due(self) -> float:
        options = self._connector.options
        token = options.credentials.token
        if not options.api.refresh_action or not isinstance(token, Token):
            return inf
        return token.read_at + _RENEW_AT * token.lifetime
