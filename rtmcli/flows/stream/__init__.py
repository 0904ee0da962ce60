"""A stream of calls on one logged-in connection, with one record for each, in order."""
