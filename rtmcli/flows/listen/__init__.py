"""Listening: the pushes of one agent, for weeks, with every possible loss told in its place."""

from rtmcli.flows.listen.flow import Listener
from rtmcli.flows.listen.wish import Happening, Note, Wish

__all__ = ["Happening", "Listener", "Note", "Wish"]
