"""The journal of a stream: what a run did, so that the next run makes only the other calls.

`entries` is the format, `reader` reads it, `writer` appends to it, and `file` is the file;
`journal` decides what a run does with each value.
"""
