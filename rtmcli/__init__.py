"""Scripted calls to the LiveChat Agent Chat RTM API, from the command line.

Layers, from top to bottom. A file imports only what is below its layer::

    __main__             start and end of the process
    cli                  commands, options, help, input and output; the only layer with typer
    flows                what a user does: call, stream, listen, paginate, doctor
    settings             flags, environment variables and profiles; tokens
    sandbox              a server with sample data, used by `rtm sandbox` and by the tests
    session              the network: connect, log in, send and receive
    websocket            RFC 6455: frames and handshake, without a socket
    protocol             messages, payloads, JSON, retry rules; no socket, clock or thread
    catalogue            what the API offers, as rows of data
    errors signals ...   what every layer needs

`flows`, `settings` and `sandbox` share one layer and do not import each other. `pyproject.toml`
holds these rules for import-linter.

The way of one call, `rtm ban-customer --customer-id ID --ban-days 5`:

1. `__main__.py` installs the signal handlers and runs `cli/app.py`. `settings/api_version.py`
   chooses the version of the API, which is an argument from here on. `cli/registry.py` builds the
   one command that argv names: its options come from the row of `ban_customer` in
   `catalogue/v3_0/customers.py`.
2. `settings/resolve.py` finds the value of each setting. `cli/commands/method.py` builds the
   payload from options, JSON and standard input (`protocol/payload.py`) and checks it
   (`protocol/validation.py`).
3. `cli/calls/single_call.py` makes a `Connector` from the settings; `settings/tokens.py` reads
   the token.
4. `flows/call.py` asks `session/connector.py` for a session: `session/dial.py` (DNS, TCP, proxy,
   TLS), `websocket/handshake.py`, then `session/login.py`.
5. `session/session.py` sends the request and returns the response. `session/transport.py` moves
   the bytes, `websocket/frame_reader.py` parses frames, and `protocol/messages.py` decodes
   messages.
6. If something fails, `session/outcomes.py` classifies the failure, `session/recovery.py` says
   what the connection needs, and `protocol/retry_policy.py` says whether the call may be sent
   again.
7. `cli/io/stdout.py` prints the payload after `protocol/redaction.py` has removed secrets from it;
   `cli/io/formats/` formats it if `--output` names another format than JSON.
   An error becomes one line in `cli/io/stderr.py`, and `cli/app.py` returns the exit status.

`rtm listen` goes through `flows/listen/`, which filters pushes in `protocol/push_filter.py`; on a
terminal, `cli/io/text_view.py` renders them as the rows of `catalogue/*/pushes.py` say. A stream
(`rtm METHOD -`) reads values with `protocol/json_stream.py`, or rows with
`protocol/csv_payloads.py`. It goes through `flows/stream/`, which keeps its calls in
`protocol/pipeline.py`, and writes them to `flows/stream/journal/` before it sends them if there is
a journal. `time_limit.py` limits the whole command, `session/deadline.py` one step of it.

Glossary:

- action: the API's name of a method, such as `ban_customer`; the command is `ban-customer`.
- ambiguous: said of a call that was sent and whose outcome is unknown.
- catalogue: the rows that describe one version of the API: methods, pushes, error types.
- flow: what one command does on the network, without printing.
- gap: an interval in which `listen` may have missed pushes; printed as `{"type": "rtm.gap"}`.
- intent: the entry of a journal for a call that is about to be sent.
- journal: a file of what a stream did, from which another run continues.
- payload: the JSON object that a request carries, and the one that a response returns.
- profile: named settings in the configuration file.
- push: a message that the server sends without being asked.
- recovery: what an error type or a disconnect reason asks of a client.
- retry class: what a second execution of the same call would do (`Retry` in the catalogue).
- session: one logged-in connection.
- sink, source: where a stream's records go, and where its values come from.
"""

__version__ = "0.1.0"
