"""Recipes about past threads."""

from rtmcli.cli.help.recipes.recipe import Recipe

RECIPES = (
    Recipe(
        "tag-yesterday",
        "Tag yesterday's threads that mention a word.",
        """
        Yesterday begins and ends at midnight in the time zone of this machine, or of TZ. This needs
        GNU date; on macOS, install coreutils and write gdate.
        """,
        r"""
        # The server's days may begin at another time: ask for more, then select.
        set -o pipefail
        from=$(date -d 'yesterday 0:00' +%s) to=$(date -d 'today 0:00' +%s)
        rtm get-archives --filters-query refund --all \
            --filters-date-from "$(date -d '2 days ago' +%F)" \
            --filters-date-to "$(date +%F)" |
          jq -c --argjson from "$from" --argjson to "$to" '.chat
            | select(.thread.timestamp >= $from and .thread.timestamp < $to)
            | {chat_id: .id, thread_id: .thread.id}' |
          rtm tag-chat-thread - --tag refund --quiet
        """,
        {
            "3.6": r"""
            set -o pipefail
            rtm list-archives --filters-query refund --all \
                --filters-from "$(date -d 'yesterday 0:00' +%FT%T.000000%:z)" \
                --filters-to "$(date -d 'today 0:00' +%FT%T.000000%:z)" |
              jq -c '{chat_id: .id, thread_id: .thread.id}' |
              rtm tag-thread - --tag refund --quiet
            """
        },
    ),
    Recipe(
        "export-month",
        "Export the threads of a month, and go on after an interruption.",
        """
        Each day gets a file once it is complete. Run the script again to go on: it skips the days
        that have a file. This needs GNU date; on macOS, install coreutils and write gdate.
        """,
        r"""
        day=2019-08-01
        while [ "${day%-*}" = 2019-08 ]; do
          if [ ! -e $day.jsonl ]; then
            rtm get-archives --filters-date-from $day --filters-date-to $day \
              --all > incomplete || exit
            mv incomplete $day.jsonl
          fi
          day=$(date -d "$day + 1 day" +%F)
        done
        """,
        {
            "3.6": r"""
            day=2019-08-01
            while [ "${day%-*}" = 2019-08 ]; do
              if [ ! -e $day.jsonl ]; then
                rtm list-archives --filters-from ${day}T00:00:00.000000Z \
                  --filters-to ${day}T23:59:59.999999Z --all > incomplete || exit
                mv incomplete $day.jsonl
              fi
              day=$(date -d "$day + 1 day" +%F)
            done
            """
        },
    ),
    Recipe(
        "spreadsheet",
        "Export a list for a spreadsheet.",
        """
        rtm methods METHOD names the columns. Text that a spreadsheet would execute gets a leading
        apostrophe.
        """,
        r"""
        rtm get-archives --all --output csv > threads.csv
        """,
    ),
    Recipe(
        "transcript",
        "Print a thread as text.",
        """
        Times are local; TZ=UTC before the command prints UTC. Standard error names the flags that
        print the other threads of the chat.
        """,
        r"""
        # The chat id is needed, too: it is beside the thread id in lists and pushes.
        rtm get-chat-threads --output text \
          --chat-id PJ0MRSHTDG --thread-ids K600PKZON8
        """,
        {
            "3.6": r"""
            thread=K600PKZON8
            chat=$(rtm list-archives --filters-thread-ids $thread | jq -r '.chats[].id')
            rtm get-chat --chat-id $chat --thread-id $thread --output text
            """
        },
    ),
)
