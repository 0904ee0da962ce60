"""The only client of the network."""
