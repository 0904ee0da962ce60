"""Recipes that begin with `rtm listen`."""

from rtmcli.cli.help.recipes.recipe import Recipe

RECIPES = (
    Recipe(
        "append-messages",
        "Append all messages to a file.",
        """
        A line of type rtm.gap marks a time in which messages may have been missed. Other events,
        such as files, are left out.
        """,
        r"""
        set -o pipefail
        rtm listen --action incoming_event |
          jq -c --unbuffered 'select(.type == "rtm.gap"
            or .payload.event.type == "message")' >> messages.jsonl
        """,
    ),
    Recipe(
        "robot",
        "React to pushes with calls.",
        """
        This robot tags each thread in which a message mentions a refund. With pipefail, the status
        of the pipeline shows whether any part failed; without it, only whether the last part did.
        """,
        r"""
        set -o pipefail
        rtm listen --action incoming_event |
          jq -c --unbuffered 'select(.payload.event.text? // "" | test("refund"))
            | .payload | {chat_id, thread_id}' |
          rtm tag-chat-thread - --tag refund --quiet
        """,
    ),
    Recipe(
        "gaps",
        "Miss nothing after a lost connection.",
        """
        The API replays no pushes, so a line marks each time in which some may have been missed.
        Fetch the state again after it.
        """,
        r"""
        set -o pipefail
        rtm listen | while IFS= read -r line; do
          case $line in
            '{"type":"rtm.gap"'*) rtm get-chats-summary --all > chats.jsonl ;;
          esac
        done
        """,
    ),
    Recipe(
        "http",
        "Forward pushes to an HTTP endpoint.",
        """
        curl retries each push for up to ten minutes; after that, the pipeline ends. Pushes arrive
        in order, but a push that was retried may arrive twice. If the endpoint falls far behind,
        rtm drops pushes and sends a line of type rtm.gap instead.
        """,
        r"""
        set -o pipefail
        rtm listen | while IFS= read -r push; do
          printf %s "$push" |
            curl -sS --fail --max-time 10 --retry 60 --retry-all-errors \
              --retry-max-time 600 -H 'Content-Type: application/json' \
              --data-binary @- https://example.com/pushes > /dev/null || exit
        done
        """,
    ),
    Recipe(
        "redis",
        "Send pushes to a Redis stream.",
        "Several machines can then share the work with XREADGROUP.",
        r"""
        set -o pipefail
        rtm listen |
          jq -r --unbuffered '"XADD livechat * push " + (tojson | tojson)' |
          redis-cli > /dev/null
        """,
    ),
    Recipe(
        "kafka",
        "Send pushes to Kafka.",
        "kcat sends each line as a message; BROKER is the address of a broker.",
        r"""
        set -o pipefail
        rtm listen | kcat -P -b $BROKER -t livechat
        """,
    ),
)
