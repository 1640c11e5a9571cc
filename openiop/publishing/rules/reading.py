"""How easily a text is read."""

import re

_MARKUP = re.compile(r"\]\([^)]*\)|\[\[.*?\]\]|\[\^[^\]]*\]|[|#*>_`\[]")
_SENTENCE = re.compile(r"[.!?:]+(?:\s|$)|\n\s*\n|\n\s*(?:[-*]|\d+\.)\s")
ASKED = 8.0


def grade(text: str) -> float:
    """The US school grade a text asks for, by Flesch and Kincaid (1975); syllables are counted as
    groups of vowels. 0.0 for no text."""
    plain = _MARKUP.sub(" ", text)
    words = re.findall(r"[A-Za-z][A-Za-z'’]*", plain)
    sentences = [part for part in _SENTENCE.split(plain) if re.search(r"[A-Za-z]", part)]
    if not words or not sentences:
        return 0.0
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    word = word.lower()
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouyl]e$|[aeiouy]le$|[^aeiouytd]ed$", word)  # came, whole, planned
    return max(1, groups - bool(silent))
