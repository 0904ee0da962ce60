"""Scopes that several methods share, in the reference's order; any one of them suffices."""

from rtmcli.catalogue.model import Audience

# D16: the page on scopes still lists chats--my and chats.conversation; they suffice for no method.
CHATS_RO = ("chats--all:ro", "chats--access:ro")
CHATS_RW = ("chats--all:rw", "chats--access:rw")
CONDITIONS_RO = dict(
    zip(CHATS_RO, ("chats of any group", "chats of the requester's groups"), strict=True)
)
CONDITIONS_RW = dict(
    zip(CHATS_RW, ("chats of any group", "chats of the requester's groups"), strict=True)
)

# B9: the reference lists them for login, but each concerns only some pushes.
PUSH_SCOPES = {
    Audience.CHAT: "chats--access:ro",
    Audience.CUSTOMERS: "customers:ro",
    Audience.RECIPIENTS: "multicast:ro",
    Audience.AGENTS: "agents--all:ro",
    Audience.BOTS: "agents-bot--all:ro",
}
