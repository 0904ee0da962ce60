"""The nearest of the words that would have been right."""

from collections.abc import Iterable


def did_you_mean(word: str, candidates: Iterable[str], default: str = "") -> str:
    """Return `; did you mean …?` with the words nearest to a wrong one, else `otherwise`."""
    import difflib  # only for those who slip

    matches = difflib.get_close_matches(word, list(candidates), 2, 0.7)
    return f"; did you mean {' or '.join(matches)}?" if matches else default
