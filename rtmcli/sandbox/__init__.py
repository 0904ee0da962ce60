"""A server with sample data: one license, which speaks each version of the API.

- `domain` is the license: agents, customers, chats, and what can be done with them.
- `v3_0` and `v3_6` are dialects: they read requests, and render what happened as pushes. The path
  of a connection's URL picks the dialect (`versions`); dialects do not know each other. `dialect`
  has what they share.
- `server` has the sockets; `interface` is all it knows of a dialect.
"""
