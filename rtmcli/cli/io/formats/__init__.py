"""The output formats besides JSON: table, CSV, and a transcript as text."""
