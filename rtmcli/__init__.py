"""Scripted calls to the LiveChat Agent Chat RTM API, from the command line."""

__version__ = "0.1.0"
