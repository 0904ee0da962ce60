"""The registry of connections, and the recipients of each push."""

from collections.abc import Iterator

from rtmcli.sandbox import envelopes
from rtmcli.sandbox.connection import Connection
from rtmcli.sandbox.interface import Caller, PushDelivery


class ConnectionRegistry:
    """The connections of a server, by id and by agent."""

    def __init__(self) -> None:
        self._by_id: dict[int, Connection] = {}
        self._by_agent: dict[str, dict[int, Connection]] = {}  # if logged in

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._by_id.values()))

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, connection: Connection) -> None:
        """Add a connection."""
        self._by_id[connection.id] = connection

    def remove(self, connection: Connection) -> None:
        """Remove a connection that has logged out."""
        self._by_id.pop(connection.id, None)

    def log_in(self, connection: Connection, caller: Caller) -> None:
        """Associate a connection with its caller's agent."""
        self._by_agent.setdefault(caller.agent_id, {})[connection.id] = connection

    def log_out(self, connection: Connection, caller: Caller) -> None:
        """Dissociate a connection from its caller's agent."""
        agent_connections = self._by_agent[caller.agent_id]
        del agent_connections[connection.id]
        if not agent_connections:
            del self._by_agent[caller.agent_id]

    def recipients(self, delivery: PushDelivery) -> Iterator[Connection]:
        """Yield each recipient of a push once."""
        for agent_id in delivery.agent_ids:
            yield from self._by_agent.get(agent_id, {}).values()
        for connection_id in delivery.connection_ids:
            connection = self._by_id.get(connection_id)
            caller = connection.caller if connection else None
            if connection and caller and caller.agent_id not in delivery.agent_ids:
                yield connection

    def send_push(
        self,
        delivery: PushDelivery,
        requester: Connection | None = None,
        request_id: str | None = None,
        *,
        skip_requester: bool = False,
    ) -> None:
        """Send a push to its recipients; only the requester's copy carries `request_id`."""
        name, payload = delivery.name, delivery.payload
        encoded, includes_requester = b"", delivery.to_requester
        for connection in self.recipients(delivery):
            if connection is requester:
                includes_requester = True
            else:
                encoded = encoded or envelopes.push(name, payload)
                connection.send(encoded)
        if requester and includes_requester and not skip_requester:
            requester.send(envelopes.push(name, payload, request_id))
