"""Behavior that the documentation of v3.6 does not specify, one sentence per choice."""

CHOICES = (
    # The connection.
    (
        "organization_id may be missing in the URL, with a warning on a terminal; with --variant"
        " require-organization-id the handshake then fails with HTTP 400."
    ),
    (
        "Another organization_id than that of the license is answered with agent_disconnected and"
        " license_not_found."
    ),
    (
        "A request may name its version: a lower one than 3.6 fails with validation, a higher one"
        " with unsupported_version."
    ),
    (
        "logout closes the connection; with the undocumented agent_id it disconnects the other"
        " connections of that agent with agent_logged_out_remotely."
    ),
    "update_session accepts a token of the same agent only.",
    # Errors.
    (
        "A request is refused, in this order, for wrong types and combinations (validation), a"
        " missing scope (authorization), an unknown ID (not_found), a chat or thread of other"
        " groups (missing_access), absence (authorization), no active thread (chat_inactive) and"
        " other rules (validation)."
    ),
    (
        "A transfer that no agent can take, and the status of an agent who is logged out,"
        " fail with agent_offline; an agent who is added or named by a transfer without access"
        " fails with missing_access."
    ),
    (
        "A banned customer in start_chat, resume_chat or add_user_to_chat, and a user of visibility"
        " agents who sends to all, fail with authorization."
    ),
    (
        "Where tables and samples of the reference differ, the tables are followed: properties,"
        " misdirected_connection, and active_chats, with total_active_chats beside it if --variant"
        " total-active-chats is given; unfollow_chat returns the chat_id."
    ),
    "A text of more than 16,384 bytes fails with validation.",
    "Two kinds of filters on one field, and a page_id of another list, fail with validation.",
    # Login and pushes.
    (
        "The scopes of a token that suffice in 3.0 only (chats--my, chats.conversation) suffice"
        " for nothing; a missing scope mutes the pushes it is for, except the requester's copy."
    ),
    (
        "pushes with an unknown name or a lower version fails with validation; a higher version"
        " brings nothing, and agent_disconnected is sent always."
    ),
    (
        "login lists the active chats within reach, the newest last thread first;"
        " incoming_customers follows without request_id, if pushes names it or is absent."
    ),
    (
        "incoming_chat, chat_deactivated, chat_transferred and chat_access_updated go to all agents"
        " with access, other pushes about a chat to its users and followers."
    ),
    (
        "The monitoring level belongs to the agent: each includes those before it,"
        " invited is the same as chatting, and online is the highest."
    ),
    # Chats.
    (
        "resume_chat of an active chat, unfollow_chat by a user of the chat, and start_chat for a"
        " customer who has a chat (unless continuous) fail with validation."
    ),
    (
        "Closing a thread leaves all users in the chat; resume_chat keeps them, adds the requester"
        " and sets the access to all agents unless the request names another."
    ),
    "A user who is named twice, or the requester, in chat.users is counted once.",
    "is_followed is false for users of the chat who do not follow it.",
    "add_user_to_chat with the own ID and ignore_requester_presence is the way into a chat.",
    (
        "The reason of a push about users or transfers is manual after a request and assigned after"
        " the router's choice; waiting is estimated at a minute per place in the queue."
    ),
    "untag_thread of a tag that is not there succeeds without a push.",
    (
        "Typing and thinking indicators are sent to no connection of their author; those of"
        " customers are not sent."
    ),
    "send_event_preview checks everything and sends nothing to agents.",
    "A file has the name and type that its URL suggests, and a size of 1024.",
    (
        "A summary quotes the first and the last message after a moment; a thread without messages"
        " brings incoming_error, and so does each one with --variant failing-summaries."
    ),
    (
        "The requester of a summary gets its push, without request_id, wherever the requester is;"
        " a second summary of a closed thread fails with validation."
    ),
    "Multicasts, and other pushes to an agent, go to all connections of the agent.",
    (
        "A user of visibility agents who sends to all by version 3.0 is refused, too; access of a"
        " thread that differs from that of its chat is shown as it is."
    ),
    "customer_updated has a system message if the name or email changes in an active chat.",
    # Lists.
    (
        "list_archives lists active threads, too, compares both ends of from and to with the"
        " creation of the thread, takes group_ids literally, and finds properties of the chat or"
        " the thread; thread_ids with limit or sort_order, and pre_tag without post_tag, fail with"
        " validation."
    ),
    (
        "The filter agents looks at all who took part in a thread; sales, goals and groups of"
        " greetings are never found, as the sample data has none."
    ),
    "Highlights mark matches in the texts of events only.",
    "A page_id is valid for 30 days and contains the first request of its list.",
    "list_agents_for_transfer lists the agents with access who are online and not in the chat.",
    # Customers.
    "A customer is browsing, or chatting while a chat is active.",
    (
        "A subscription has a limit of 100 by default; its customers are those on the website, and"
        " totals are sent every 10 seconds while more match than the limit."
    ),
    "A customer of group 0 belongs to every group, and so does a subscription to group 0.",
    "customer_statistics_updated follows each page view and each new thread.",
    # Statuses.
    "Agents who are logged out are listed as offline; only bots can be set offline.",
    "groups_status_updated is sent if the best status of a group's agents changes.",
)
