"""Help pages, topics and the manual page."""
