"""The conversation with the server, without socket, clock or thread."""
