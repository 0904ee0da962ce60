"""The nearest of the words that would have been right."""

from collections.abc import Iterable


def hint(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """Return `; did you mean …?` with the words nearest to a wrong one, else `otherwise`."""
    import difflib  # noqa: PLC0415  # only for those who slip

    near = difflib.get_close_matches(word, list(known), 2, 0.7)
    return f"; did you mean {' or '.join(near)}?" if near else otherwise
