"""How deep JSON goes, told from its text. Python's own parser gives up at another depth in each version (near 1,000 in
3.11, 1,500 in 3.12, 10,000 in 3.13); what we refuse must not depend on it."""

import re

MAX_DEPTH = 100  # lists and objects in each other: an export has five
TOKENS = re.compile(r'[\[{]|[\]}]|"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)  # a string whole: brackets in it are none


def too_deep(text: str, begin: int = 0, end: int | None = None) -> int | None:
    """Where the value that begins at `begin` goes deeper than MAX_DEPTH, in characters; None where it does not."""
    end = len(text) if end is None else end
    if text.count("[", begin, end) + text.count("{", begin, end) <= MAX_DEPTH:
        return None
    depth = 0
    for token in TOKENS.finditer(text, begin, end):
        sign = text[token.start()]
        depth += (sign in "[{") - (sign in "]}")
        if depth > MAX_DEPTH:
            return token.start()
        if depth <= 0:
            break
    return None
