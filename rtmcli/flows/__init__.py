"""What a user does; each returns or yields, and prints nothing."""
