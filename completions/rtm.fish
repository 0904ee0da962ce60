# fish completion for rtm, as `rtm completion fish` prints it.

function __rtm_command
    # Print the command on the line, as far as it is there.
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if not string match -q -- '-*' $word
            string replace -a _ - -- $word
            return 0
        end
    end
    return 1
end

function __rtm_in
    # Tell whether the command is one of these.
    contains -- (__rtm_command) $argv
end

function __rtm_profiles
    set -l file $RTM_CONFIG
    if test -z "$file"
        if string match -q -- '/*' $XDG_CONFIG_HOME
            set file $XDG_CONFIG_HOME/rtmcli/config.toml
        else
            set file $HOME/.config/rtmcli/config.toml
        end
    end
    test -r $file; and sed -n \
        -e 's/^[[:space:]]*\[[[:space:]]*profiles\.\([A-Za-z0-9_-]\{1,\}\)[[:space:]]*\].*$/\1/p' \
        -e 's/^[[:space:]]*\[[[:space:]]*profiles\."\([^"]*\)"[[:space:]]*\].*$/\1/p' \
        $file
end

function __rtm_json
    # Print files after @, where the word begins with it.
    set -l word (commandline -ct | string replace -r -- '^--[a-z0-9-]+=' '')
    if string match -q -- '@*' $word
        __fish_complete_path (string sub -s 2 -- $word) | string replace -r -- '^' @
    end
end

function __rtm_rest
    # Tell whether another command line has begun, after --.
    contains -- -- (commandline -opc)
end

function __rtm_other
    # Complete that other command line.
    set -l words (commandline -opc)
    set -l begin (math (contains -i -- -- $words) + 1)
    complete -C (string join ' ' -- (string escape -- $words[$begin..-1]) (commandline -ct))
end

complete -c rtm -f
complete -c rtm -n 'not __rtm_command' -s h -l help -d 'Show the help'
complete -c rtm -n 'not __rtm_command' -l version -d 'Print the version'
complete -c rtm -n 'not __rtm_command' -a activate-chat -d 'Start a new thread in a chat that has none active'
complete -c rtm -n 'not __rtm_command' -a follow-chat -d 'Follow a chat, to receive all its changes'
complete -c rtm -n 'not __rtm_command' -a get-chats-summary -d 'List summaries of the chats the agent can see'
complete -c rtm -n 'not __rtm_command' -a start-chat -d 'Start a chat'
complete -c rtm -n 'not __rtm_command' -a transfer-chat -d 'Transfer a chat to groups or agents'
complete -c rtm -n 'not __rtm_command' -a unfollow-chat -d 'Stop following a chat'
complete -c rtm -n 'not __rtm_command' -a grant-access -d 'Let a group or an agent see a chat or customer'
complete -c rtm -n 'not __rtm_command' -a revoke-access -d 'Take a group\'s or an agent\'s access away'
complete -c rtm -n 'not __rtm_command' -a set-access -d 'Make a group or an agent the only one with access'
complete -c rtm -n 'not __rtm_command' -a add-user-to-chat -d 'Add an agent or a customer to a chat'
complete -c rtm -n 'not __rtm_command' -a update-agent -d 'Let an agent accept chats, or not'
complete -c rtm -n 'not __rtm_command' -a remove-user-from-chat -d 'Remove an agent from a chat'
complete -c rtm -n 'not __rtm_command' -a set-away-status -d 'Mark this connection\'s agent as away, or as back'
complete -c rtm -n 'not __rtm_command' -a ban-customer -d 'Ban a customer for a number of days'
complete -c rtm -n 'not __rtm_command' -a create-customer -d 'Create a customer'
complete -c rtm -n 'not __rtm_command' -a get-customers -d 'List customers'
complete -c rtm -n 'not __rtm_command' -a update-customer -d 'Change a customer\'s name, e-mail or other data'
complete -c rtm -n 'not __rtm_command' -a send-event -d 'Send a message or another event to a chat'
complete -c rtm -n 'not __rtm_command' -a login -d 'Log in and get the agent\'s initial state'
complete -c rtm -n 'not __rtm_command' -a logout -d 'Log the agent out'
complete -c rtm -n 'not __rtm_command' -a delete-chat-properties -d 'Delete properties of a chat'
complete -c rtm -n 'not __rtm_command' -a delete-chat-thread-properties -d 'Delete properties of a thread'
complete -c rtm -n 'not __rtm_command' -a delete-event-properties -d 'Delete properties of an event'
complete -c rtm -n 'not __rtm_command' -a update-chat-properties -d 'Set properties of a chat'
complete -c rtm -n 'not __rtm_command' -a update-chat-thread-properties -d 'Set properties of a thread'
complete -c rtm -n 'not __rtm_command' -a update-event-properties -d 'Set properties of an event'
complete -c rtm -n 'not __rtm_command' -a tag-chat-thread -d 'Add a tag to a thread'
complete -c rtm -n 'not __rtm_command' -a untag-chat-thread -d 'Remove a tag from a thread'
complete -c rtm -n 'not __rtm_command' -a get-archives -d 'List threads, active and closed'
complete -c rtm -n 'not __rtm_command' -a get-chat-threads -d 'Get threads of a chat'
complete -c rtm -n 'not __rtm_command' -a get-chat-threads-summary -d 'List the threads of a chat, without their events'
complete -c rtm -n 'not __rtm_command' -a send-rich-message-postback -d 'Press a button of a rich message, or release it'
complete -c rtm -n 'not __rtm_command' -a multicast -d 'Send JSON to agents and customers outside chats'
complete -c rtm -n 'not __rtm_command' -a send-typing-indicator -d 'Show that the agent is typing, or has stopped'
complete -c rtm -n 'not __rtm_command' -a close-thread -d 'Close the active thread of a chat'
complete -c rtm -n 'not __rtm_command' -a change-push-notifications -d 'Switch a device\'s push notifications on or off'
complete -c rtm -n 'not __rtm_command' -a update-last-seen-timestamp -d 'Record when the agent last saw a chat'
complete -c rtm -n 'not __rtm_command' -a call -d 'Send any action, unchecked'
complete -c rtm -n 'not __rtm_command' -a listen -d 'Print every push as a JSON line, until stopped'
complete -c rtm -n 'not __rtm_command' -a sandbox -d 'Serve a small, lively licence: no account needed'
complete -c rtm -n 'not __rtm_command' -a methods -d 'What there is to call, as a table or as JSON'
complete -c rtm -n 'not __rtm_command' -a config -d 'Show and change profiles and settings'
complete -c rtm -n 'not __rtm_command' -a doctor -d 'Examine configuration, network and login, step by step'
complete -c rtm -n 'not __rtm_command' -a completion -d 'Print the script that completes at the TAB key'
complete -c rtm -n 'not __rtm_command' -a help -d 'Help for a command or a topic'

function __rtm_input
    __rtm_in activate-chat follow-chat get-chats-summary start-chat transfer-chat unfollow-chat grant-access revoke-access set-access add-user-to-chat update-agent remove-user-from-chat set-away-status ban-customer create-customer get-customers update-customer send-event login logout delete-chat-properties delete-chat-thread-properties delete-event-properties update-chat-properties update-chat-thread-properties update-event-properties tag-chat-thread untag-chat-thread get-archives get-chat-threads get-chat-threads-summary send-rich-message-postback multicast send-typing-indicator close-thread change-push-notifications update-last-seen-timestamp
end
complete -c rtm -n '__rtm_input' -l set -x -d 'Put JSON, else text, at any path'
complete -c rtm -n '__rtm_input' -l set-string -x -d 'Put text at any path'
complete -c rtm -n '__rtm_input' -l no-validate -d 'Send the payload unchecked'
complete -c rtm -n '__rtm_input' -l dry-run -d 'Print the request and send nothing'
complete -c rtm -n '__rtm_input' -s n -d 'Print the request and send nothing'
complete -c rtm -n '__rtm_input' -l skeleton -d 'Print a sample payload to start from'

function __rtm_stream
    __rtm_in activate-chat follow-chat get-chats-summary start-chat transfer-chat unfollow-chat grant-access revoke-access set-access add-user-to-chat update-agent remove-user-from-chat set-away-status ban-customer create-customer get-customers update-customer send-event login logout delete-chat-properties delete-chat-thread-properties delete-event-properties update-chat-properties update-chat-thread-properties update-event-properties tag-chat-thread untag-chat-thread get-archives get-chat-threads get-chat-threads-summary send-rich-message-postback multicast send-typing-indicator close-thread change-push-notifications update-last-seen-timestamp call
end
complete -c rtm -n '__rtm_stream' -l window -x -d 'Calls in flight at once, at most 10'
complete -c rtm -n '__rtm_stream' -l rate -x -d 'Calls a second at most'
complete -c rtm -n '__rtm_stream' -l fail-fast -d 'Stop at the first failure'

function __rtm_wait
    __rtm_in activate-chat follow-chat start-chat transfer-chat grant-access revoke-access set-access add-user-to-chat update-agent remove-user-from-chat ban-customer create-customer update-customer send-event delete-chat-properties delete-chat-thread-properties delete-event-properties update-chat-properties update-chat-thread-properties update-event-properties tag-chat-thread untag-chat-thread send-rich-message-postback multicast close-thread update-last-seen-timestamp
end
complete -c rtm -n '__rtm_wait' -l wait -d 'Wait for the push that confirms it; print it too'
complete -c rtm -n '__rtm_wait' -l wait-timeout -x -d 'How long to wait'

function __rtm_pages
    __rtm_in get-chats-summary get-customers get-archives get-chat-threads-summary
end
complete -c rtm -n '__rtm_pages' -l all -d 'Follow the pages; print each item on a line'
complete -c rtm -n '__rtm_pages' -l max-items -x -d 'Stop after so many items'

function __rtm_output
    __rtm_in activate-chat follow-chat get-chats-summary start-chat transfer-chat unfollow-chat grant-access revoke-access set-access add-user-to-chat update-agent remove-user-from-chat set-away-status ban-customer create-customer get-customers update-customer send-event login logout delete-chat-properties delete-chat-thread-properties delete-event-properties update-chat-properties update-chat-thread-properties update-event-properties tag-chat-thread untag-chat-thread get-archives get-chat-threads get-chat-threads-summary send-rich-message-postback multicast send-typing-indicator close-thread change-push-notifications update-last-seen-timestamp call
end
complete -c rtm -n '__rtm_output' -l compact -d 'One line, even on a terminal'
complete -c rtm -n '__rtm_output' -l pretty -d 'Indented, even off a terminal'
complete -c rtm -n '__rtm_output' -l color -x -a 'auto always never' -d 'Whether to colour JSON'
complete -c rtm -n '__rtm_output' -l envelope -d 'Print the whole response message'
complete -c rtm -n '__rtm_output' -l quiet -d 'Print nothing on success'
complete -c rtm -n '__rtm_output' -s q -d 'Print nothing on success'
complete -c rtm -n '__rtm_output' -l error-format -x -a 'text json' -d 'How errors are told'

function __rtm_connection
    __rtm_in activate-chat follow-chat get-chats-summary start-chat transfer-chat unfollow-chat grant-access revoke-access set-access add-user-to-chat update-agent remove-user-from-chat set-away-status ban-customer create-customer get-customers update-customer send-event login logout delete-chat-properties delete-chat-thread-properties delete-event-properties update-chat-properties update-chat-thread-properties update-event-properties tag-chat-thread untag-chat-thread get-archives get-chat-threads get-chat-threads-summary send-rich-message-postback multicast send-typing-indicator close-thread change-push-notifications update-last-seen-timestamp call listen config doctor
end
complete -c rtm -n '__rtm_connection' -l profile -x -a '(__rtm_profiles)' -d 'The profile to use'
complete -c rtm -n '__rtm_connection' -l url -x -d 'The server\'s URL'
complete -c rtm -n '__rtm_connection' -l region -x -a 'dal fra' -d 'The licence\'s region'
complete -c rtm -n '__rtm_connection' -l token-file -r -F -d 'The file that holds the access token'
complete -c rtm -n '__rtm_connection' -l author-id -x -d 'The bot to act as'
complete -c rtm -n '__rtm_connection' -l reconnect -d 'Keep the routing status at login'
complete -c rtm -n '__rtm_connection' -l no-reconnect -d 'Keep the routing status at login'
complete -c rtm -n '__rtm_connection' -l timeout -x -d 'The limit of one answer'
complete -c rtm -n '__rtm_connection' -l max-time -x -d 'The limit of the whole command'
complete -c rtm -n '__rtm_connection' -l ca-file -r -F -d 'The authorities to trust, in PEM'
complete -c rtm -n '__rtm_connection' -l proxy -x -d 'The HTTP proxy, or none'
complete -c rtm -n '__rtm_connection' -l retry-idempotent -d 'Send an idempotent call again when its outcome is unknown'
complete -c rtm -n '__rtm_connection' -l no-retry-idempotent -d 'Send an idempotent call again when its outcome is unknown'
complete -c rtm -n '__rtm_connection' -l verbose -d 'Tell on standard error what happens'
complete -c rtm -n '__rtm_connection' -s v -d 'Tell on standard error what happens'

complete -c rtm -n '__rtm_in activate-chat' -l chat -x -a '(__rtm_json)' -d 'The chat and what to begin with'
complete -c rtm -n '__rtm_in activate-chat' -l chat-id -x -d 'The chat to activate'
complete -c rtm -n '__rtm_in activate-chat' -l chat-access -x -a '(__rtm_json)' -d 'Who may see the chat, {group_ids}'
complete -c rtm -n '__rtm_in activate-chat' -l chat-access-group-ids -x -d 'The groups that may see the chat; 0 is everybody'
complete -c rtm -n '__rtm_in activate-chat' -l chat-properties -x -a '(__rtm_json)' -d 'The chat\'s first properties'
complete -c rtm -n '__rtm_in activate-chat' -l chat-users -x -a '(__rtm_json)' -d 'One known customer to bring in,'
complete -c rtm -n '__rtm_in activate-chat' -l chat-thread -x -a '(__rtm_json)' -d 'The new thread: its events and properties'
complete -c rtm -n '__rtm_in activate-chat' -l chat-thread-events -x -a '(__rtm_json)' -d 'The new thread\'s first events'
complete -c rtm -n '__rtm_in activate-chat' -l chat-thread-properties -x -a '(__rtm_json)' -d 'The new thread\'s first properties'
complete -c rtm -n '__rtm_in activate-chat' -l chat-thread-tags -x -d 'The new thread\'s first tags'
complete -c rtm -n '__rtm_in activate-chat' -l chat-is-followed -d 'Whether to follow the chat from now on'
complete -c rtm -n '__rtm_in activate-chat' -l no-chat-is-followed -d 'Whether to follow the chat from now on'
complete -c rtm -n '__rtm_in activate-chat' -l continuous -d 'Whether the chat goes on while nobody is there to answer'
complete -c rtm -n '__rtm_in activate-chat' -l no-continuous -d 'Whether the chat goes on while nobody is there to answer'
complete -c rtm -n '__rtm_in activate-chat' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in activate-chat' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in activate-chat' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in follow-chat' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in follow-chat' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in follow-chat' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in follow-chat' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in get-chats-summary' -l page-id -x -d 'The page to get, as an earlier answer named it'
complete -c rtm -n '__rtm_in get-chats-summary' -l limit -x -d 'How many items a page has'
complete -c rtm -n '__rtm_in get-chats-summary' -l order -x -a 'asc desc' -d 'Whether the oldest (asc) or the newest (desc) come first'
complete -c rtm -n '__rtm_in get-chats-summary' -l filters -x -a '(__rtm_json)' -d 'Which chats to find; the same for all pages'
complete -c rtm -n '__rtm_in get-chats-summary' -l filters-include-active -d 'Whether to find chats with an active thread too'
complete -c rtm -n '__rtm_in get-chats-summary' -l no-filters-include-active -d 'Whether to find chats with an active thread too'
complete -c rtm -n '__rtm_in get-chats-summary' -l filters-properties -x -a '(__rtm_json)' -d 'Find by properties: one filter for each'
complete -c rtm -n '__rtm_in get-chats-summary' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in get-chats-summary' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in get-chats-summary' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in start-chat' -l chat -x -a '(__rtm_json)' -d 'What the chat begins with'
complete -c rtm -n '__rtm_in start-chat' -l chat-properties -x -a '(__rtm_json)' -d 'The chat\'s first properties'
complete -c rtm -n '__rtm_in start-chat' -l chat-access -x -a '(__rtm_json)' -d 'Who may see the chat, {group_ids}'
complete -c rtm -n '__rtm_in start-chat' -l chat-access-group-ids -x -d 'The groups that may see the chat; 0 is everybody'
complete -c rtm -n '__rtm_in start-chat' -l chat-users -x -a '(__rtm_json)' -d 'One known customer to bring in,'
complete -c rtm -n '__rtm_in start-chat' -l chat-thread -x -a '(__rtm_json)' -d 'The new thread: its events and properties'
complete -c rtm -n '__rtm_in start-chat' -l chat-thread-events -x -a '(__rtm_json)' -d 'The new thread\'s first events'
complete -c rtm -n '__rtm_in start-chat' -l chat-thread-properties -x -a '(__rtm_json)' -d 'The new thread\'s first properties'
complete -c rtm -n '__rtm_in start-chat' -l chat-thread-tags -x -d 'The new thread\'s first tags'
complete -c rtm -n '__rtm_in start-chat' -l chat-is-followed -d 'Whether to follow the chat from now on'
complete -c rtm -n '__rtm_in start-chat' -l no-chat-is-followed -d 'Whether to follow the chat from now on'
complete -c rtm -n '__rtm_in start-chat' -l continuous -d 'Whether to start it even while no group is online'
complete -c rtm -n '__rtm_in start-chat' -l no-continuous -d 'Whether to start it even while no group is online'
complete -c rtm -n '__rtm_in start-chat' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in start-chat' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in start-chat' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in transfer-chat' -l chat-id -x -d 'The chat to transfer'
complete -c rtm -n '__rtm_in transfer-chat' -l target -x -a '(__rtm_json)' -d 'Where it goes'
complete -c rtm -n '__rtm_in transfer-chat' -l target-type -x -a 'group agent' -d 'What the target\'s ids name'
complete -c rtm -n '__rtm_in transfer-chat' -l target-ids -x -d 'Groups (whole numbers) or agents (their e-mails)'
complete -c rtm -n '__rtm_in transfer-chat' -l force -d 'Transfer even where no agent of the groups can take it'
complete -c rtm -n '__rtm_in transfer-chat' -l no-force -d 'Transfer even where no agent of the groups can take it'
complete -c rtm -n '__rtm_in transfer-chat' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in transfer-chat' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in transfer-chat' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in unfollow-chat' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in unfollow-chat' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in unfollow-chat' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in unfollow-chat' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in grant-access' -l resource -x -a 'chat customer' -d 'What the id names'
complete -c rtm -n '__rtm_in grant-access' -l id -x -d 'The chat or customer'
complete -c rtm -n '__rtm_in grant-access' -l access -x -a '(__rtm_json)' -d 'Whose access it is, {type, id}'
complete -c rtm -n '__rtm_in grant-access' -l access-type -x -a 'group agent' -d 'Whether a group or an agent has the access'
complete -c rtm -n '__rtm_in grant-access' -l access-id -x -d 'The group (a whole number) or the agent (an e-mail)'
complete -c rtm -n '__rtm_in grant-access' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in grant-access' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in grant-access' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in revoke-access' -l resource -x -a 'chat customer' -d 'What the id names'
complete -c rtm -n '__rtm_in revoke-access' -l id -x -d 'The chat or customer'
complete -c rtm -n '__rtm_in revoke-access' -l access -x -a '(__rtm_json)' -d 'Whose access it is, {type, id}'
complete -c rtm -n '__rtm_in revoke-access' -l access-type -x -a 'group agent' -d 'Whether a group or an agent has the access'
complete -c rtm -n '__rtm_in revoke-access' -l access-id -x -d 'The group (a whole number) or the agent (an e-mail)'
complete -c rtm -n '__rtm_in revoke-access' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in revoke-access' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in revoke-access' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in set-access' -l resource -x -a 'chat customer' -d 'What the id names'
complete -c rtm -n '__rtm_in set-access' -l id -x -d 'The chat or customer'
complete -c rtm -n '__rtm_in set-access' -l access -x -a '(__rtm_json)' -d 'Whose access it is, {type, id}'
complete -c rtm -n '__rtm_in set-access' -l access-type -x -a 'group agent' -d 'Whether a group or an agent has the access'
complete -c rtm -n '__rtm_in set-access' -l access-id -x -d 'The group (a whole number) or the agent (an e-mail)'
complete -c rtm -n '__rtm_in set-access' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in set-access' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in set-access' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in add-user-to-chat' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in add-user-to-chat' -l user-id -x -d 'The agent\'s e-mail or customer\'s id'
complete -c rtm -n '__rtm_in add-user-to-chat' -l user-type -x -a 'agent customer' -d 'Who the user is'
complete -c rtm -n '__rtm_in add-user-to-chat' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in add-user-to-chat' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in add-user-to-chat' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in update-agent' -l agent-id -x -d 'The agent to update'
complete -c rtm -n '__rtm_in update-agent' -l routing-status -x -a 'accepting_chats not_accepting_chats' -d 'Whether new chats are routed to the agent'
complete -c rtm -n '__rtm_in update-agent' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in update-agent' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in update-agent' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in remove-user-from-chat' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in remove-user-from-chat' -l user-id -x -d 'The agent\'s e-mail or customer\'s id'
complete -c rtm -n '__rtm_in remove-user-from-chat' -l user-type -x -a 'agent customer' -d 'Who the user is'
complete -c rtm -n '__rtm_in remove-user-from-chat' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in remove-user-from-chat' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in remove-user-from-chat' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in set-away-status' -l away -d 'Whether the agent is away'
complete -c rtm -n '__rtm_in set-away-status' -l no-away -d 'Whether the agent is away'
complete -c rtm -n '__rtm_in set-away-status' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in set-away-status' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in set-away-status' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in ban-customer' -l customer-id -x -d 'The customer to ban'
complete -c rtm -n '__rtm_in ban-customer' -l ban -x -a '(__rtm_json)' -d 'The ban, {days}'
complete -c rtm -n '__rtm_in ban-customer' -l ban-days -x -d 'How many days'
complete -c rtm -n '__rtm_in ban-customer' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in ban-customer' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in ban-customer' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in create-customer' -l name -x -d 'The customer\'s name'
complete -c rtm -n '__rtm_in create-customer' -l email -x -d 'The customer\'s e-mail address'
complete -c rtm -n '__rtm_in create-customer' -l avatar -x -d 'The URL of the customer\'s picture'
complete -c rtm -n '__rtm_in create-customer' -l fields -x -a '(__rtm_json)' -d 'Further facts, {key: value}, all of them text'
complete -c rtm -n '__rtm_in create-customer' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in create-customer' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in create-customer' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in get-customers' -l page-id -x -d 'The page to get, as an earlier answer named it'
complete -c rtm -n '__rtm_in get-customers' -l limit -x -d 'How many items a page has'
complete -c rtm -n '__rtm_in get-customers' -l order -x -a 'asc desc' -d 'Whether the oldest (asc) or the newest (desc) come first'
complete -c rtm -n '__rtm_in get-customers' -l filters -x -a '(__rtm_json)' -d 'Which customers; the same for all pages'
complete -c rtm -n '__rtm_in get-customers' -l filters-country -x -a '(__rtm_json)' -d 'Which countries to find'
complete -c rtm -n '__rtm_in get-customers' -l filters-country-values -x -d 'Find these countries'
complete -c rtm -n '__rtm_in get-customers' -l filters-country-exclude-values -x -d 'Find all but these countries'
complete -c rtm -n '__rtm_in get-customers' -l filters-email -x -a '(__rtm_json)' -d 'Which e-mail addresses to find'
complete -c rtm -n '__rtm_in get-customers' -l filters-email-values -x -d 'Find these e-mail addresses'
complete -c rtm -n '__rtm_in get-customers' -l filters-email-exclude-values -x -d 'Find all but these e-mail addresses'
complete -c rtm -n '__rtm_in get-customers' -l filters-name -x -a '(__rtm_json)' -d 'Which names to find'
complete -c rtm -n '__rtm_in get-customers' -l filters-name-values -x -d 'Find these names'
complete -c rtm -n '__rtm_in get-customers' -l filters-name-exclude-values -x -d 'Find all but these names'
complete -c rtm -n '__rtm_in get-customers' -l filters-customer-id -x -a '(__rtm_json)' -d 'Which customer ids to find'
complete -c rtm -n '__rtm_in get-customers' -l filters-customer-id-values -x -d 'Find these customer ids'
complete -c rtm -n '__rtm_in get-customers' -l filters-customer-id-exclude-values -x -d 'Find all but these customer ids'
complete -c rtm -n '__rtm_in get-customers' -l filters-chats-count -x -a '(__rtm_json)' -d 'How many chats a customer has'
complete -c rtm -n '__rtm_in get-customers' -l filters-chats-count-lte -x -d 'With at most this many chats'
complete -c rtm -n '__rtm_in get-customers' -l filters-chats-count-lt -x -d 'With less than this many chats'
complete -c rtm -n '__rtm_in get-customers' -l filters-chats-count-gte -x -d 'With at least this many chats'
complete -c rtm -n '__rtm_in get-customers' -l filters-chats-count-gt -x -d 'With more than this many chats'
complete -c rtm -n '__rtm_in get-customers' -l filters-chats-count-eq -x -d 'With exactly this many chats'
complete -c rtm -n '__rtm_in get-customers' -l filters-threads-count -x -a '(__rtm_json)' -d 'How many threads a customer has'
complete -c rtm -n '__rtm_in get-customers' -l filters-threads-count-lte -x -d 'With at most this many threads'
complete -c rtm -n '__rtm_in get-customers' -l filters-threads-count-lt -x -d 'With less than this many threads'
complete -c rtm -n '__rtm_in get-customers' -l filters-threads-count-gte -x -d 'With at least this many threads'
complete -c rtm -n '__rtm_in get-customers' -l filters-threads-count-gt -x -d 'With more than this many threads'
complete -c rtm -n '__rtm_in get-customers' -l filters-threads-count-eq -x -d 'With exactly this many threads'
complete -c rtm -n '__rtm_in get-customers' -l filters-visits-count -x -a '(__rtm_json)' -d 'How many visits a customer has'
complete -c rtm -n '__rtm_in get-customers' -l filters-visits-count-lte -x -d 'With at most this many visits'
complete -c rtm -n '__rtm_in get-customers' -l filters-visits-count-lt -x -d 'With less than this many visits'
complete -c rtm -n '__rtm_in get-customers' -l filters-visits-count-gte -x -d 'With at least this many visits'
complete -c rtm -n '__rtm_in get-customers' -l filters-visits-count-gt -x -d 'With more than this many visits'
complete -c rtm -n '__rtm_in get-customers' -l filters-visits-count-eq -x -d 'With exactly this many visits'
complete -c rtm -n '__rtm_in get-customers' -l filters-created-at -x -a '(__rtm_json)' -d 'When the customer was created'
complete -c rtm -n '__rtm_in get-customers' -l filters-created-at-lte -x -d 'When the customer was created: at or before this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-created-at-lt -x -d 'When the customer was created: before this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-created-at-gte -x -d 'When the customer was created: at or after this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-created-at-gt -x -d 'When the customer was created: after this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-created-at-eq -x -d 'When the customer was created: at exactly this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-agent-last-event-created-at -x -a '(__rtm_json)' -d 'When an agent last wrote'
complete -c rtm -n '__rtm_in get-customers' -l filters-agent-last-event-created-at-lte -x -d 'When an agent last wrote: at or before this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-agent-last-event-created-at-lt -x -d 'When an agent last wrote: before this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-agent-last-event-created-at-gte -x -d 'When an agent last wrote: at or after this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-agent-last-event-created-at-gt -x -d 'When an agent last wrote: after this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-agent-last-event-created-at-eq -x -d 'When an agent last wrote: at exactly this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-customer-last-event-created-at -x -a '(__rtm_json)' -d 'When the customer last wrote'
complete -c rtm -n '__rtm_in get-customers' -l filters-customer-last-event-created-at-lte -x -d 'When the customer last wrote: at or before this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-customer-last-event-created-at-lt -x -d 'When the customer last wrote: before this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-customer-last-event-created-at-gte -x -d 'When the customer last wrote: at or after this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-customer-last-event-created-at-gt -x -d 'When the customer last wrote: after this moment'
complete -c rtm -n '__rtm_in get-customers' -l filters-customer-last-event-created-at-eq -x -d 'When the customer last wrote: at exactly this moment'
complete -c rtm -n '__rtm_in get-customers' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in get-customers' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in get-customers' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in update-customer' -l customer-id -x -d 'The customer to update'
complete -c rtm -n '__rtm_in update-customer' -l name -x -d 'The customer\'s name'
complete -c rtm -n '__rtm_in update-customer' -l email -x -d 'The customer\'s e-mail address'
complete -c rtm -n '__rtm_in update-customer' -l avatar -x -d 'The URL of the customer\'s picture'
complete -c rtm -n '__rtm_in update-customer' -l fields -x -a '(__rtm_json)' -d 'Further facts, {key: value}, all of them text'
complete -c rtm -n '__rtm_in update-customer' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in update-customer' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in update-customer' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in send-event' -l chat-id -x -d 'The chat to send it to'
complete -c rtm -n '__rtm_in send-event' -l event -x -a '(__rtm_json)' -d 'The event'
complete -c rtm -n '__rtm_in send-event' -l event-type -x -a 'message rich_message file filled_form custom system_message annotation' -d 'What the event is'
complete -c rtm -n '__rtm_in send-event' -l event-text -x -d 'Text of a message, system message or annotation, up to 16 KB'
complete -c rtm -n '__rtm_in send-event' -l text -x -d 'Text of a message, system message or annotation, up to 16 KB'
complete -c rtm -n '__rtm_in send-event' -l event-recipients -x -a 'all agents' -d 'Who sees the event'
complete -c rtm -n '__rtm_in send-event' -l event-custom-id -x -d 'Your own id; it does not prevent duplicates'
complete -c rtm -n '__rtm_in send-event' -l event-properties -x -a '(__rtm_json)' -d 'The event\'s first properties'
complete -c rtm -n '__rtm_in send-event' -l event-postback -x -a '(__rtm_json)' -d 'Message: the button that it answers'
complete -c rtm -n '__rtm_in send-event' -l event-postback-id -x -d 'Message: the button\'s postback id'
complete -c rtm -n '__rtm_in send-event' -l event-postback-thread-id -x -d 'Message: the thread with the button'
complete -c rtm -n '__rtm_in send-event' -l event-postback-event-id -x -d 'Message: the rich message with the button'
complete -c rtm -n '__rtm_in send-event' -l event-postback-type -x -d 'Message: the button\'s type'
complete -c rtm -n '__rtm_in send-event' -l event-postback-value -x -d 'Message: the button\'s value'
complete -c rtm -n '__rtm_in send-event' -l event-template-id -x -d 'Rich message: cards, quick_replies or sticker'
complete -c rtm -n '__rtm_in send-event' -l event-elements -x -a '(__rtm_json)' -d 'Rich message: 1 to 10 cards, each up to 11 buttons'
complete -c rtm -n '__rtm_in send-event' -l event-form-id -x -d 'Filled form: the form'
complete -c rtm -n '__rtm_in send-event' -l event-fields -x -a '(__rtm_json)' -d 'Filled form: the fields, each with its answer'
complete -c rtm -n '__rtm_in send-event' -l event-content -x -a '(__rtm_json)' -d 'Custom: any JSON'
complete -c rtm -n '__rtm_in send-event' -l event-system-message-type -x -d 'System message: its type'
complete -c rtm -n '__rtm_in send-event' -l event-text-vars -x -a '(__rtm_json)' -d 'System message: the variables of its text'
complete -c rtm -n '__rtm_in send-event' -l event-annotation-type -x -d 'Annotation: its type'
complete -c rtm -n '__rtm_in send-event' -l event-name -x -d 'File: its name'
complete -c rtm -n '__rtm_in send-event' -l event-url -x -d 'File: where it lies'
complete -c rtm -n '__rtm_in send-event' -l event-content-type -x -d 'File: its media type'
complete -c rtm -n '__rtm_in send-event' -l event-size -x -d 'File: its size in bytes'
complete -c rtm -n '__rtm_in send-event' -l event-width -x -d 'File: an image\'s width in pixels'
complete -c rtm -n '__rtm_in send-event' -l event-height -x -d 'File: an image\'s height in pixels'
complete -c rtm -n '__rtm_in send-event' -l event-thumbnail-url -x -d 'File: an image\'s thumbnail'
complete -c rtm -n '__rtm_in send-event' -l event-thumbnail2x-url -x -d 'File: the thumbnail at double size'
complete -c rtm -n '__rtm_in send-event' -l attach-to-last-thread -d 'With no active thread: use the last one, open no new one'
complete -c rtm -n '__rtm_in send-event' -l no-attach-to-last-thread -d 'With no active thread: use the last one, open no new one'
complete -c rtm -n '__rtm_in send-event' -l require-active-thread -d 'With no active thread: refuse the event'
complete -c rtm -n '__rtm_in send-event' -l no-require-active-thread -d 'With no active thread: refuse the event'
complete -c rtm -n '__rtm_in send-event' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in send-event' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in send-event' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in login' -l timezone -x -d 'The agent\'s time zone'
complete -c rtm -n '__rtm_in login' -l push-notifications -x -a '(__rtm_json)' -d 'Notifications to a mobile device'
complete -c rtm -n '__rtm_in login' -l push-notifications-firebase-token -x -d 'The device\'s Firebase token, to be seen as one instance'
complete -c rtm -n '__rtm_in login' -l push-notifications-platform -x -a 'ios android' -d 'The device\'s platform'
complete -c rtm -n '__rtm_in login' -l application -x -a '(__rtm_json)' -d 'Which program logs in, {name, version}'
complete -c rtm -n '__rtm_in login' -l application-name -x -d 'The program\'s name'
complete -c rtm -n '__rtm_in login' -l application-version -x -d 'The program\'s version'
complete -c rtm -n '__rtm_in login' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in login' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in login' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in logout' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in logout' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in logout' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in delete-chat-properties' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in delete-chat-properties' -l properties -x -a '(__rtm_json)' -d 'What to delete, {namespace:'
complete -c rtm -n '__rtm_in delete-chat-properties' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in delete-chat-properties' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in delete-chat-properties' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in delete-chat-thread-properties' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in delete-chat-thread-properties' -l thread-id -x -d 'The thread'
complete -c rtm -n '__rtm_in delete-chat-thread-properties' -l properties -x -a '(__rtm_json)' -d 'What to delete, {namespace:'
complete -c rtm -n '__rtm_in delete-chat-thread-properties' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in delete-chat-thread-properties' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in delete-chat-thread-properties' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in delete-event-properties' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in delete-event-properties' -l thread-id -x -d 'The thread'
complete -c rtm -n '__rtm_in delete-event-properties' -l event-id -x -d 'The event'
complete -c rtm -n '__rtm_in delete-event-properties' -l properties -x -a '(__rtm_json)' -d 'What to delete, {namespace:'
complete -c rtm -n '__rtm_in delete-event-properties' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in delete-event-properties' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in delete-event-properties' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in update-chat-properties' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in update-chat-properties' -l properties -x -a '(__rtm_json)' -d 'What to set, {namespace: {name: value}}'
complete -c rtm -n '__rtm_in update-chat-properties' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in update-chat-properties' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in update-chat-properties' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in update-chat-thread-properties' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in update-chat-thread-properties' -l thread-id -x -d 'The thread'
complete -c rtm -n '__rtm_in update-chat-thread-properties' -l properties -x -a '(__rtm_json)' -d 'What to set, {namespace: {name: value}}'
complete -c rtm -n '__rtm_in update-chat-thread-properties' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in update-chat-thread-properties' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in update-chat-thread-properties' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in update-event-properties' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in update-event-properties' -l thread-id -x -d 'The thread'
complete -c rtm -n '__rtm_in update-event-properties' -l event-id -x -d 'The event'
complete -c rtm -n '__rtm_in update-event-properties' -l properties -x -a '(__rtm_json)' -d 'What to set, {namespace: {name: value}}'
complete -c rtm -n '__rtm_in update-event-properties' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in update-event-properties' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in update-event-properties' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in tag-chat-thread' -l chat-id -x -d 'The chat of the thread'
complete -c rtm -n '__rtm_in tag-chat-thread' -l thread-id -x -d 'The thread to tag'
complete -c rtm -n '__rtm_in tag-chat-thread' -l tag -x -d 'The tag\'s name'
complete -c rtm -n '__rtm_in tag-chat-thread' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in tag-chat-thread' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in tag-chat-thread' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in untag-chat-thread' -l chat-id -x -d 'The chat of the thread'
complete -c rtm -n '__rtm_in untag-chat-thread' -l thread-id -x -d 'The thread to untag'
complete -c rtm -n '__rtm_in untag-chat-thread' -l tag -x -d 'The tag\'s name'
complete -c rtm -n '__rtm_in untag-chat-thread' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in untag-chat-thread' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in untag-chat-thread' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in get-archives' -l filters -x -a '(__rtm_json)' -d 'Which threads to find'
complete -c rtm -n '__rtm_in get-archives' -l filters-query -x -d 'Find threads that contain this'
complete -c rtm -n '__rtm_in get-archives' -l filters-date-from -x -d 'From this day on'
complete -c rtm -n '__rtm_in get-archives' -l filters-date-to -x -d 'Up to this day'
complete -c rtm -n '__rtm_in get-archives' -l filters-agent-ids -x -d 'Find threads of these agents (e-mails)'
complete -c rtm -n '__rtm_in get-archives' -l filters-group-ids -x -d 'Find threads of these groups'
complete -c rtm -n '__rtm_in get-archives' -l filters-properties -x -a '(__rtm_json)' -d 'Find by properties: one filter for each'
complete -c rtm -n '__rtm_in get-archives' -l pagination -x -a '(__rtm_json)' -d 'Which page to get, {page, limit}'
complete -c rtm -n '__rtm_in get-archives' -l pagination-page -x -d 'The page\'s number'
complete -c rtm -n '__rtm_in get-archives' -l pagination-limit -x -d 'How many items a page has'
complete -c rtm -n '__rtm_in get-archives' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in get-archives' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in get-archives' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in get-chat-threads' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in get-chat-threads' -l thread-ids -x -d 'The threads to get'
complete -c rtm -n '__rtm_in get-chat-threads' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in get-chat-threads' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in get-chat-threads' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in get-chat-threads-summary' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in get-chat-threads-summary' -l order -x -a 'asc desc' -d 'Whether the oldest (asc) or the newest (desc) come first'
complete -c rtm -n '__rtm_in get-chat-threads-summary' -l limit -x -d 'How many items a page has'
complete -c rtm -n '__rtm_in get-chat-threads-summary' -l page-id -x -d 'The page to get, as an earlier answer named it'
complete -c rtm -n '__rtm_in get-chat-threads-summary' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in get-chat-threads-summary' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in get-chat-threads-summary' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in send-rich-message-postback' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in send-rich-message-postback' -l thread-id -x -d 'The thread of the rich message'
complete -c rtm -n '__rtm_in send-rich-message-postback' -l event-id -x -d 'The rich message'
complete -c rtm -n '__rtm_in send-rich-message-postback' -l postback -x -a '(__rtm_json)' -d 'The button, {id, toggled}'
complete -c rtm -n '__rtm_in send-rich-message-postback' -l postback-id -x -d 'The button\'s postback id'
complete -c rtm -n '__rtm_in send-rich-message-postback' -l postback-toggled -d 'Whether the button is pressed from now on'
complete -c rtm -n '__rtm_in send-rich-message-postback' -l no-postback-toggled -d 'Whether the button is pressed from now on'
complete -c rtm -n '__rtm_in send-rich-message-postback' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in send-rich-message-postback' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in send-rich-message-postback' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in multicast' -l scopes -x -a '(__rtm_json)' -d 'Who receives it'
complete -c rtm -n '__rtm_in multicast' -l scopes-agents -x -a '(__rtm_json)' -d 'Which agents, {all, ids, groups}'
complete -c rtm -n '__rtm_in multicast' -l scopes-agents-all -d 'Whether all agents receive it'
complete -c rtm -n '__rtm_in multicast' -l no-scopes-agents-all -d 'Whether all agents receive it'
complete -c rtm -n '__rtm_in multicast' -l scopes-agents-ids -x -d 'Agents who receive it (e-mails)'
complete -c rtm -n '__rtm_in multicast' -l scopes-agents-groups -x -d 'Groups whose agents receive it'
complete -c rtm -n '__rtm_in multicast' -l scopes-customers -x -a '(__rtm_json)' -d 'Which customers, {ids}'
complete -c rtm -n '__rtm_in multicast' -l scopes-customers-ids -x -d 'Customers who receive it'
complete -c rtm -n '__rtm_in multicast' -l content -x -a '(__rtm_json)' -d 'What is sent: any JSON'
complete -c rtm -n '__rtm_in multicast' -l type -x -d 'A name for this kind of content'
complete -c rtm -n '__rtm_in multicast' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in multicast' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in multicast' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in send-typing-indicator' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in send-typing-indicator' -l recipients -x -a 'all agents' -d 'Who sees it'
complete -c rtm -n '__rtm_in send-typing-indicator' -l is-typing -d 'Whether the agent is typing'
complete -c rtm -n '__rtm_in send-typing-indicator' -l no-is-typing -d 'Whether the agent is typing'
complete -c rtm -n '__rtm_in send-typing-indicator' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in send-typing-indicator' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in send-typing-indicator' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in close-thread' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in close-thread' -l require-requester-presence -d 'Refuse unless the requester takes part in the chat'
complete -c rtm -n '__rtm_in close-thread' -l no-require-requester-presence -d 'Refuse unless the requester takes part in the chat'
complete -c rtm -n '__rtm_in close-thread' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in close-thread' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in close-thread' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in change-push-notifications' -l firebase-token -x -d 'The device\'s Firebase token'
complete -c rtm -n '__rtm_in change-push-notifications' -l platform -x -a 'ios android' -d 'The device\'s platform'
complete -c rtm -n '__rtm_in change-push-notifications' -l enabled -d 'Whether the device is notified'
complete -c rtm -n '__rtm_in change-push-notifications' -l no-enabled -d 'Whether the device is notified'
complete -c rtm -n '__rtm_in change-push-notifications' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in change-push-notifications' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in change-push-notifications' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in update-last-seen-timestamp' -l chat-id -x -d 'The chat'
complete -c rtm -n '__rtm_in update-last-seen-timestamp' -l timestamp -x -d 'When it was seen, in seconds since 1970'
complete -c rtm -n '__rtm_in update-last-seen-timestamp' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in update-last-seen-timestamp' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in update-last-seen-timestamp' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in call' -l dry-run -d 'Print the request and send nothing'
complete -c rtm -n '__rtm_in call' -s n -d 'Print the request and send nothing'
complete -c rtm -n '__rtm_in call' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in call' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in call' -a 'activate_chat follow_chat get_chats_summary start_chat transfer_chat unfollow_chat grant_access revoke_access set_access add_user_to_chat update_agent remove_user_from_chat set_away_status ban_customer create_customer get_customers update_customer send_event login logout delete_chat_properties delete_chat_thread_properties delete_event_properties update_chat_properties update_chat_thread_properties update_event_properties tag_chat_thread untag_chat_thread get_archives get_chat_threads get_chat_threads_summary send_rich_message_postback multicast send_typing_indicator close_thread change_push_notifications update_last_seen_timestamp'
complete -c rtm -n '__rtm_in call' -a '(__rtm_json)'

complete -c rtm -n '__rtm_in listen' -l action -x -a 'incoming_chat_thread thread_closed access_granted access_revoked access_set chat_transferred chat_user_added chat_user_removed incoming_event event_updated incoming_rich_message_postback chat_properties_updated chat_properties_deleted chat_thread_properties_updated chat_thread_properties_deleted event_properties_updated event_properties_deleted chat_thread_tagged chat_thread_untagged customer_created customer_updated customer_banned customer_visit_started customer_page_updated customer_visit_ended agent_updated agent_disconnected last_seen_timestamp_updated incoming_typing_indicator incoming_sneak_peek incoming_multicast' -d 'Only pushes of this name'
complete -c rtm -n '__rtm_in listen' -l chat-id -x -d 'Only pushes of this chat'
complete -c rtm -n '__rtm_in listen' -l count -x -d 'End after so many pushes'
complete -c rtm -n '__rtm_in listen' -l for -x -d 'End after this time'
complete -c rtm -n '__rtm_in listen' -l idle -x -d 'End when no push has come for so long'
complete -c rtm -n '__rtm_in listen' -l once -d 'End when the connection is lost'
complete -c rtm -n '__rtm_in listen' -l fail-fast -d 'End when the first connection fails'
complete -c rtm -n '__rtm_in listen' -l markers -d 'Mark where pushes may be lost'
complete -c rtm -n '__rtm_in listen' -l no-markers -d 'Mark where pushes may be lost'
complete -c rtm -n '__rtm_in listen' -l error-format -x -a 'text json' -d 'How errors are told'
complete -c rtm -n '__rtm_in listen' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in listen' -s h -d 'Show this help'

complete -c rtm -n '__rtm_in sandbox' -l port -x -d 'The port (8730; with a COMMAND any free one)'
complete -c rtm -n '__rtm_in sandbox' -l seed -x -d 'Make ids, times, chance and customers the same again'
complete -c rtm -n '__rtm_in sandbox' -l role -x -a 'owner administrator normal' -d 'The first agent\'s role'
complete -c rtm -n '__rtm_in sandbox' -l scopes -x -d 'The scopes of the first agent\'s token'
complete -c rtm -n '__rtm_in sandbox' -l traffic -x -d 'Let customers do so many things a second'
complete -c rtm -n '__rtm_in sandbox' -l latency -x -d 'How long answers take: 50ms or 50ms±20'
complete -c rtm -n '__rtm_in sandbox' -l fault -x -d 'Go wrong in this way (see SPEC)'
complete -c rtm -n '__rtm_in sandbox' -l log -r -F -d 'Append each frame to a file, as a JSON line'
complete -c rtm -n '__rtm_in sandbox' -l tokens -d 'Print the agents and their tokens, and serve nothing'
complete -c rtm -n '__rtm_in sandbox' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in sandbox' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in sandbox; and __rtm_rest' -a '(__rtm_other)'

complete -c rtm -n '__rtm_in methods' -l json -d 'Print JSON, one line for each method'
complete -c rtm -n '__rtm_in methods' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in methods' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in methods' -a 'activate-chat follow-chat get-chats-summary start-chat transfer-chat unfollow-chat grant-access revoke-access set-access add-user-to-chat update-agent remove-user-from-chat set-away-status ban-customer create-customer get-customers update-customer send-event login logout delete-chat-properties delete-chat-thread-properties delete-event-properties update-chat-properties update-chat-thread-properties update-event-properties tag-chat-thread untag-chat-thread get-archives get-chat-threads get-chat-threads-summary send-rich-message-postback multicast send-typing-indicator close-thread change-push-notifications update-last-seen-timestamp'

complete -c rtm -n '__rtm_in config' -l json -d 'Print JSON'
complete -c rtm -n '__rtm_in config' -l compact -d 'One line, even on a terminal'
complete -c rtm -n '__rtm_in config' -l pretty -d 'Indented, even off a terminal'
complete -c rtm -n '__rtm_in config' -l color -x -a 'auto always never' -d 'Whether to colour JSON'
complete -c rtm -n '__rtm_in config' -l error-format -x -a 'text json' -d 'How errors are told'
complete -c rtm -n '__rtm_in config' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in config' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in config' -a 'path list get set unset'
complete -c rtm -n '__rtm_in config' -a 'default_profile url region token token_file token_command author_id timezone reconnect timeout max_time window rate ca_file proxy'

complete -c rtm -n '__rtm_in doctor' -l json -d 'Print JSON'
complete -c rtm -n '__rtm_in doctor' -l compact -d 'One line, even on a terminal'
complete -c rtm -n '__rtm_in doctor' -l pretty -d 'Indented, even off a terminal'
complete -c rtm -n '__rtm_in doctor' -l color -x -a 'auto always never' -d 'Whether to colour JSON'
complete -c rtm -n '__rtm_in doctor' -l error-format -x -a 'text json' -d 'How errors are told'
complete -c rtm -n '__rtm_in doctor' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in doctor' -s h -d 'Show this help'

complete -c rtm -n '__rtm_in completion' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in completion' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in completion' -a 'bash zsh fish'

complete -c rtm -n '__rtm_in help' -l man -d 'Print the manual page: rtm help --man | man -l -'
complete -c rtm -n '__rtm_in help' -l help -d 'Show this help'
complete -c rtm -n '__rtm_in help' -s h -d 'Show this help'
complete -c rtm -n '__rtm_in help' -a 'exit-statuses payload streams listen tokens environment sandbox-choices activate-chat follow-chat get-chats-summary start-chat transfer-chat unfollow-chat grant-access revoke-access set-access add-user-to-chat update-agent remove-user-from-chat set-away-status ban-customer create-customer get-customers update-customer send-event login logout delete-chat-properties delete-chat-thread-properties delete-event-properties update-chat-properties update-chat-thread-properties update-event-properties tag-chat-thread untag-chat-thread get-archives get-chat-threads get-chat-threads-summary send-rich-message-postback multicast send-typing-indicator close-thread change-push-notifications update-last-seen-timestamp call listen sandbox methods config doctor completion help'
