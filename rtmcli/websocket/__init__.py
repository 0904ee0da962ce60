"""RFC 6455 without a socket: frames and the opening handshake."""
