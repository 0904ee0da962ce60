"""Listening: the pushes of one agent, for weeks, with every possible loss told in its place."""

from rtmcli.flows.listen.criteria import ListenItem, ListenOptions, Notice
from rtmcli.flows.listen.flow import Listener

__all__ = ["ListenItem", "ListenOptions", "Listener", "Notice"]
