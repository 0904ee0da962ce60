"""A stream of calls on one logged-in connection, each told honestly and in order."""
