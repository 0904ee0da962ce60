"""Profiles, precedence and token sources."""
