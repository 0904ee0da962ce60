"""The protocol as pure functions and state machines: no socket, clock or thread."""
