"""Suggestions for misspelled words."""

from collections.abc import Iterable


def did_you_mean(word: str, candidates: Iterable[str], default: str = "") -> str:
    """Return `; did you mean …?` with at most two similar candidates, else `default`."""
    import difflib  # needed only for errors

    matches = difflib.get_close_matches(word, list(candidates), 2, 0.7)
    return f"; did you mean {' or '.join(matches)}?" if matches else default
