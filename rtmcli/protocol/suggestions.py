"""Suggestions for misspelled words."""

from collections.abc import Iterable
from functools import lru_cache

_MAX_LENGTH = 64  # characters of a word that is compared, which takes quadratic time


def did_you_mean(word: str, candidates: Iterable[str], default: str = "") -> str:
    """Return `; did you mean …?` with at most two similar candidates, else `default`."""
    import difflib  # needed only for errors

    matches = difflib.get_close_matches(word, list(candidates), 2, 0.7)
    return f"; did you mean {' or '.join(matches)}?" if matches else default


@lru_cache(maxsize=1024)  # a stream may repeat the same word a million times
def nearest(word: str, candidates: frozenset[str]) -> str:
    """Return the candidate that a word probably misspells, or an empty string."""
    import difflib  # needed only for errors

    if len(word) > _MAX_LENGTH:
        return ""
    word = word.lower()
    # difflib finds too little in common between `type` and `tpye`.
    transposed = [each for each in candidates if sorted(each) == sorted(word)]
    return next(iter(transposed or difflib.get_close_matches(word, candidates, 1, 0.8)), "")
