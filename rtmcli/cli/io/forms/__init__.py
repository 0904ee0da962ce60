"""The forms besides JSON in which a result can be printed: table, CSV, and a transcript as text."""
