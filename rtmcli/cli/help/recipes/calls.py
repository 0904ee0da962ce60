"""Recipes of single calls and streams of calls."""

from rtmcli.cli.help.recipes.recipe import Recipe

RECIPES = (
    Recipe(
        "ban-csv",
        "Ban the customers in a CSV file.",
        """
        The delimiter may be a comma, a semicolon or a tab, and a column ban.days may replace the
        flag. After a crash, run the same command again: with --journal, it makes only the calls
        that are missing.
        """,
        r"""
        # customers.csv: the header customer_id, and below it an id on each line
        rtm ban-customer - --csv --ban-days 5 --journal bans.journal < customers.csv
        """,
        {
            "3.6": r"""
            # customers.csv: the header id, and below it an id on each line
            rtm ban-customer - --csv --ban-days 5 --journal bans.journal < customers.csv
            """
        },
    ),
    Recipe(
        "close-idle",
        "Close the chats in which nothing happened for an hour.",
        """
        What counts is the latest event of any type, or else the start of the thread. Closing a
        closed chat changes nothing.
        """,
        r"""
        set -o pipefail
        rtm get-chats-summary --all |
          jq -c 'select([.last_thread_summary.timestamp,
              .last_event_per_type[].event.timestamp] | max < now - 3600)
            | {chat_id: .id}' |
          rtm close-thread - --quiet
        """,
        {
            "3.6": r"""
            set -o pipefail
            rtm list-chats --filters-active --all |
              jq -c 'select([.last_thread_summary.created_at,
                  .last_event_per_type[].event.created_at] | max < (now - 3600 | todate))
                | {id}' |
              rtm deactivate-chat - --ignore-requester-presence --quiet
            """
        },
    ),
    Recipe(
        "rich-message",
        "Send a message with buttons.",
        """
        When a customer presses a button, the push incoming_rich_message_postback has its
        postback_id. The other templates are cards and sticker.
        """,
        r"""
        rtm send-event --chat-id PJ0MRSHTDG --event '{
          "type": "rich_message", "template_id": "quick_replies",
          "elements": [{"title": "Did this help?", "buttons": [
            {"text": "Yes", "postback_id": "yes", "user_ids": []},
            {"text": "No", "postback_id": "no", "user_ids": []}]}]}'
        """,
    ),
    Recipe(
        "two-licenses",
        "Do the same on two licenses.",
        """
        Each license has a profile with its token. The first two commands read the tokens from a
        hidden prompt, and are needed only once.
        """,
        r"""
        rtm config set token --profile shop
        rtm config set token --profile blog
        for license in shop blog; do
          rtm get-customers --all --profile $license > $license.jsonl || exit
        done
        """,
        {
            "3.6": r"""
            rtm config set token --profile shop
            rtm config set token --profile blog
            for license in shop blog; do
              rtm list-chats --all --profile $license > $license.jsonl || exit
            done
            """
        },
    ),
    Recipe(
        "scopes",
        "Find the scopes that the token of a script needs.",
        "List the methods that the script calls. One scope of each line is enough.",
        """
        rtm methods --scopes get-archives tag-chat-thread
        """,
        {"3.6": "rtm methods --scopes list-archives tag-thread"},
    ),
    Recipe(
        "unban",
        "Lift a ban.",
        """
        The RTM API has no method for this; a ban ends by itself after its number of days. To end it
        earlier, call unban_customer of the vendor's Configuration API, an HTTP API that also has
        list_customer_bans: https://platform.text.com/docs/management/configuration-api
        """,
    ),
)
