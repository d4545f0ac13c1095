"""Texts as bytes."""

from __future__ import annotations


def to_utf8(text: str) -> bytes:
    """A text in UTF-8; half of a surrogate pair, which is no character, as U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        pairs = text.encode("utf-16", "surrogatepass")
        return pairs.decode("utf-16", "replace").encode()


def cut(text: str, most: int) -> str:
    """The beginning of a text, as long as the portal takes it: it counts as JavaScript does."""
    if len(text) * 2 <= most:
        return text
    return text.encode("utf-16-le", "surrogatepass")[: 2 * most].decode(
        "utf-16-le", "ignore"
    )
