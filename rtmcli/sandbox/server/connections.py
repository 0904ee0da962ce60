"""The registry of connections, and the recipients of each push."""

from collections.abc import Iterator

from rtmcli.sandbox.interface import Caller, Dialect, PushDelivery
from rtmcli.sandbox.server import envelopes
from rtmcli.sandbox.server.connection import Connection


class ConnectionRegistry:
    """The connections of a server, by id and by agent."""

    def __init__(self) -> None:
        self._by_id: dict[int, Connection] = {}
        # Those that are logged in.
        self._by_dialect: dict[Dialect, dict[str, dict[int, Connection]]] = {}

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
        by_agent = self._by_dialect.setdefault(connection.dialect, {})
        by_agent.setdefault(caller.agent_id, {})[connection.id] = connection

    def log_out(self, connection: Connection, caller: Caller) -> None:
        """Dissociate a connection from its caller's agent."""
        by_agent = self._by_dialect[connection.dialect]
        del by_agent[caller.agent_id][connection.id]
        if not by_agent[caller.agent_id]:
            del by_agent[caller.agent_id]
        if not by_agent:
            del self._by_dialect[connection.dialect]

    @property
    def dialects(self) -> list[Dialect]:
        """The dialects of the connections that are logged in."""
        return list(self._by_dialect)

    def of_agent(self, agent_id: str) -> list[Connection]:
        """Return the connections of an agent, in any dialect."""
        return [
            connection
            for by_agent in self._by_dialect.values()
            for connection in by_agent.get(agent_id, {}).values()
        ]

    def recipients(self, dialect: Dialect, delivery: PushDelivery) -> Iterator[Connection]:
        """Yield each recipient of a dialect's push once."""
        by_agent = self._by_dialect.get(dialect, {})
        for agent_id in delivery.agent_ids:
            for connection in by_agent.get(agent_id, {}).values():
                if _accepts(connection, delivery.name):
                    yield connection
        for connection_id in delivery.connection_ids:
            listed = self._by_id.get(connection_id)
            caller = listed.caller if listed else None
            if (
                listed
                and caller
                and caller.agent_id not in delivery.agent_ids
                and listed.dialect is dialect
                and _accepts(listed, delivery.name)
            ):
                yield listed

    def send_push(
        self,
        dialect: Dialect,
        delivery: PushDelivery,
        requester: Connection | None = None,
        request_id: str | None = None,
        *,
        skip_requester: bool = False,
    ) -> None:
        """Send a dialect's push to its recipients; only the requester's copy has `request_id`."""
        name, payload, version = delivery.name, delivery.payload, dialect.push_version
        encoded = b""
        includes_requester = (
            requester is not None
            and delivery.to_requester
            and requester.dialect is dialect
            and _accepts(requester, name)
        )
        for connection in self.recipients(dialect, delivery):
            if connection is requester:
                includes_requester = True
            else:
                encoded = encoded or envelopes.push(name, payload, None, version)
                connection.send(encoded)
        if requester and includes_requester and not skip_requester:
            requester.send(envelopes.push(name, payload, request_id, version))


def _accepts(connection: Connection, push: str) -> bool:
    """Return whether a connection wants pushes of this name."""
    caller = connection.caller
    return caller is None or caller.pushes is None or push in caller.pushes
