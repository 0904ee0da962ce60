"""Behavior that the documentation of v3.0 does not specify, one sentence per choice."""

CHOICES = (
    # Errors.
    (
        "An unknown chat, thread, event, customer, agent, group, button or property fails with"
        " validation; one that exists but is outside the token's scopes fails with authorization."
    ),
    "An author_id that is not a bot's fails with validation; an empty one is ignored.",
    # Calls whose end state is already there.
    (
        "A call whose end state already exists (a tag, an access, a user, a property) succeeds and"
        " pushes as documented; only system messages are not repeated."
    ),
    # Chats.
    (
        "These fail with validation: activate_chat of an active chat, start_chat for a customer"
        " who has a chat, unfollow_chat by a member of the chat, and transfer_chat without an"
        " active thread."
    ),
    ("Adding a banned customer to a chat, or reopening a chat with one, fails with authorization."),
    (
        "An agent who starts or activates a chat becomes present in it; closing a thread leaves"
        " all members present."
    ),
    (
        "A transfer removes all present agents; without force the target needs an online agent who"
        " accepts chats, with force the chat may be left without an agent."
    ),
    (
        "Chats are routed to the agent with the fewest active chats; agents connected to the"
        " sandbox precede those that the sample data marks as online."
    ),
    (
        "require_active_thread takes precedence over attach_to_last_thread; without an active"
        " thread the request fails with validation."
    ),
    "close_thread with require_requester_presence by an absent agent fails with validation.",
    "get_chat_threads without thread_ids returns threads_summary only.",
    "A system message may be sent with text alone, and a file by its url.",
    "custom_id is stored, and duplicates are not rejected.",
    "send_typing_indicator in a chat without an active thread succeeds without a push.",
    (
        "The property routing.unassigned is updated as agents enter and leave the chat, without"
        " a push."
    ),
    # Access.
    (
        "Access may be given as {type, id} or as {group_ids}; an agent with access appears in"
        " agent_ids beside group_ids."
    ),
    "Changing access applies to the chat and its active thread; closed threads keep theirs.",
    # Customers.
    "update_customer replaces each member it names, fields as a whole.",
    "total_customers and found_chats count the items that match the filters.",
    "filters and order that differ from those of the page_id fail with validation.",
    (
        "get_archives filters by the properties of threads, searches for its query in a thread's"
        " texts and in the customer's name and email, and lists the newest thread first."
    ),
    # Agents.
    (
        "login lists the active chats that the scopes allow, the most recent first; it needs no"
        " scope."
    ),
    "When an agent's last connection closes, agent_updated reports offline.",
    (
        "An agent who is away on all connections is not_accepting_chats; returning on one restores"
        " the previous status."
    ),
    "logout responds, then the server closes the connection.",
    # Pushes.
    (
        "Pushes about chats need chats--my:ro if the agent is present, otherwise chats--access:ro;"
        " those about customers need customers:ro, multicasts multicast:ro, other agents"
        " agents--all:ro; the requester's own copy needs none."
    ),
    "Pushes about a chat without an agent go to all agents with access to it.",
    "Pushes about a change of access go to all agents who had or have the access.",
    (
        "A pressed button pushes incoming_rich_message_postback, then event_updated if the event"
        " changed."
    ),
    "Typing indicators are not sent back to the agent who is typing.",
    # Properties.
    (
        "The namespaces are test, rating, source, routing, supervising and lc2; if an agent"
        " changes a property that belongs to the router, the request fails with authorization."
    ),
)
