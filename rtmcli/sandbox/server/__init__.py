"""The server: it accepts connections, passes requests to a dialect and sends pushes.

It knows no action: what a request means is the dialect's business.
"""
