"""What the sandbox does where no document says what the real server does: one sentence each."""

UNDOCUMENTED_BEHAVIOR = (
    # The connection.
    (
        "A message that is no request (no JSON, no action, a binary frame) is refused with"
        " validation, with its request_id where that can be read; the connection stays open."
    ),
    (
        "Before login every action is refused with authentication, but for ping, which is not"
        " answered; a refused login may be repeated until the time is over."
    ),
    "A message may have 1 MiB; who leaves 16 MiB unread is dropped.",
    (
        "Only a ping, as frame or as action, counts as a ping; it needs no place among the ten"
        " unanswered requests."
    ),
    (
        "Of more than ten requests that come at once the eleventh is refused, however quickly the"
        " others are answered."
    ),
    "The answer comes before the pushes that the request causes.",
    "A request that takes too long is answered with request_timeout, although it was acted on.",
    "The server closes with 1000 after agent_disconnected, and with 1001 when it is stopped.",
    # Errors.
    (
        "An unknown chat, thread, event, customer, agent, group, button or property is refused "
        "with validation; what exists beyond the reach of the token's scopes with authorization."
    ),
    "An unknown action is refused with validation, a second login on a connection too.",
    (
        "Members of a payload that the reference does not know are ignored; wrong types are "
        "refused with validation."
    ),
    "An author_id that is no bot's is refused with validation; an empty one counts as none.",
    # Calls that find their end state already there.
    (
        "A call whose end state is there already (a tag, an access, a user, a property) succeeds "
        "and pushes as documented; only system messages are not repeated."
    ),
    # Chats.
    (
        "activate_chat of an active chat, start_chat for a customer who has a chat, unfollow_chat "
        "by someone who takes part, and transfer_chat without an active thread are refused with "
        "validation."
    ),
    (
        "A banned customer cannot be brought into a chat, nor can a chat with one be reopened: "
        "authorization."
    ),
    (
        "Who starts or activates a chat becomes present in it; closing a thread leaves everybody "
        "present."
    ),
    (
        "A transfer takes all present agents out; without force it needs an online agent of the "
        "target who accepts chats, with force a chat may be left without an agent."
    ),
    (
        "Chats go to the agent with the fewest active ones, and to agents who are connected to "
        "the sandbox before those who are said to work elsewhere."
    ),
    (
        "require_active_thread wins over attach_to_last_thread; with no active thread it is "
        "refused with validation."
    ),
    "close_thread with require_requester_presence by someone absent is refused with validation.",
    "get_chat_threads without thread_ids answers threads_summary only.",
    "A system message may be sent with text alone, and a file by its url.",
    "custom_id is kept and prevents nothing.",
    "send_typing_indicator in a chat without an active thread succeeds and tells nobody.",
    "The property routing.unassigned follows whether an agent is present, without a push.",
    # Access.
    (
        "Access may be given as {type, id} or as {group_ids}; an agent with access shows as "
        "agent_ids beside group_ids."
    ),
    "A change of access changes the chat and its active thread; closed threads keep theirs.",
    # Customers.
    "update_customer replaces each member it names, fields as a whole.",
    "total_customers and found_chats count what matches the filters.",
    "filters and order that differ from those of the page_id are refused with validation.",
    (
        "get_archives filters by the properties of threads, finds its query anywhere in a "
        "thread's texts and in the customer's name and e-mail, and lists the newest thread first."
    ),
    # Agents.
    "login lists the active chats within reach, the latest first; it takes no scope.",
    "When an agent's last connection goes, agent_updated says offline.",
    "Away on all connections means not_accepting_chats; back on one restores what was before.",
    "logout answers, then the connection is closed.",
    # Pushes.
    (
        "Pushes about chats need chats--my:ro where the agent is present, else chats--access:ro; "
        "those about customers customers:ro, multicasts multicast:ro, other agents "
        "agents--all:ro; the requester's own copy needs none."
    ),
    "A chat without an agent is told of to all agents with access to it.",
    "Changes of access are told to all who had or have the access.",
    (
        "A pressed button pushes incoming_rich_message_postback, then event_updated where the "
        "event changed."
    ),
    "Typing indicators are not sent back to the agent who types.",
    # Properties.
    (
        "There are the namespaces test, rating, source, routing, supervising and lc2; agents may "
        "not change what is the router's: authorization."
    ),
)
