"""The only layer that knows typer, prints or exits."""
