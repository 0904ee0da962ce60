"""The journal of a stream: what a run did, so that the next run makes only the other calls.

`entries` is the format, `reader` reads a file of it, and `file` writes one; `journal` decides what
a run does with each value.
"""
