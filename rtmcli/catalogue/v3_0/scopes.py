"""Scopes that several methods share, in the reference's order; any one of them suffices."""

CHATS_RW = ("chats--all:rw", "chats--access:rw", "chats--my:rw")
CHATS_RO = ("chats--all:ro", "chats--access:ro", "chats--my:ro")
CONVERSATION_RW = (
    "chats.conversation--all:rw",
    "chats.conversation--access:rw",
    "chats.conversation--my:rw",
)
