"""Who is connected, and who gets which push."""

from collections.abc import Iterator

from rtmcli.sandbox import envelopes
from rtmcli.sandbox.connection import Connection
from rtmcli.sandbox.seam import Caller, Delivery


class Roster:
    """The connections of a server, by number and by agent."""

    def __init__(self) -> None:
        self._by_number: dict[int, Connection] = {}
        self._by_agent: dict[str, dict[int, Connection]] = {}  # logged in ones

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._by_number.values()))

    def __len__(self) -> int:
        return len(self._by_number)

    def add(self, connection: Connection) -> None:
        """Note a new connection."""
        self._by_number[connection.number] = connection

    def remove(self, connection: Connection) -> None:
        """Forget a connection that has logged out."""
        self._by_number.pop(connection.number, None)

    def log_in(self, connection: Connection, caller: Caller) -> None:
        """Note whose connection it is."""
        self._by_agent.setdefault(caller.agent_id, {})[connection.number] = connection

    def log_out(self, connection: Connection, caller: Caller) -> None:
        """Forget whose connection it was."""
        there = self._by_agent[caller.agent_id]
        del there[connection.number]
        if not there:
            del self._by_agent[caller.agent_id]

    def audience(self, delivery: Delivery) -> Iterator[Connection]:
        """Find the connections that a push is for, each once."""
        for agent_id in delivery.agents:
            yield from self._by_agent.get(agent_id, {}).values()
        for number in delivery.connections:
            connection = self._by_number.get(number)
            caller = connection.caller if connection else None
            if connection and caller and caller.agent_id not in delivery.agents:
                yield connection

    def deliver(
        self,
        delivery: Delivery,
        cause: Connection | None = None,
        request_id: str | None = None,
        *,
        skip: bool = False,
    ) -> None:
        """Send a push to whom it is for; who caused it gets the id, or nothing if `skip`."""
        name, payload = delivery.push, delivery.payload
        push, is_told = b"", delivery.requester  # is the cause told, too?
        for connection in self.audience(delivery):
            if connection is cause:
                is_told = True
            else:
                push = push or envelopes.push(name, payload)
                connection.send(push)
        if cause and is_told and not skip:
            cause.send(envelopes.push(name, payload, request_id))
