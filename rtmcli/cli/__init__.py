"""The only floor that knows typer, prints or exits."""
