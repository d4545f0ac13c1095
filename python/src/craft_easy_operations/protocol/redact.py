"""How secrets are taken out of logs, errors and payloads, before they leave the process.

The names, the forms and the windows in which a text is searched are those of TypeScript
(`patterns/secrets.ts`): each pattern is proven there to take time in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from .json_text import RawNumber, parse_exactly, write_exactly
from .patterns import compile_patterns
from .tenant import BLANKS

REDACTED_TEXT = "[redacted]"

_SECRET_WORDS = (
    "password passwd passphrase secret token apiKey privateKey accessKey "
    "authorization credential cookie"
).split()
_SECRET_NAMES = "cardNumber pan cvc cvv ssn".split()

# what `\s` and `.` are in JavaScript
_S = f"{BLANKS}"
_DOT = "[^\\n\\r\\u2028\\u2029]"

_PEM_LABEL = "[A-Z ]{0,30}PRIVATE KEY-----"
_SECRET_FORMS = (
    r"(\b(?:Bearer|Basic)[ \t]{1,5})[\w~+/.-]{8,}=*",
    rf"(://[^{_S}:/@]{{0,100}}:)[^{_S}/@]+(?=@)",
    r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+",
    rf"-----BEGIN {_PEM_LABEL}(?:[^-]|-(?!----END {_PEM_LABEL}))*"
    rf"(?:-----END {_PEM_LABEL})?",
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"\bgh[pousr]_\w{20,}",
    r"\bxox[abprs]-[\w-]{10,}",
    r"\b[rs]k_(?:live|test)_\w{10,}",
    r"\bwhsec_[\w+/=-]{10,}",
)
_SCHEME = r"(?:(?:Bearer|Basic)[ \t]{1,5})?"
_END = rf"{_S}\"',;&}}\]<"
_VALUE = "|".join(
    (
        rf'"(?:[^"\\\n]|\\{_DOT})+',
        r"'[^'\n]+",
        rf"(?!{_SCHEME}\[redacted\](?:[{_END}]|\Z))(?:\[redacted\])?[^{_END}]+",
    )
)

_WINDOW = 16_384
_WINDOW_OVERLAP = 8_192
_BEFORE = 256
_MAX_DEPTH = 20

RedactText = Callable[[str], str]
OnSecret = Callable[[tuple[str, ...], Any], None]
_Found = tuple[tuple[str, ...], Any]


def is_secret_name(name: str) -> bool:
    """Whether a field or header of this name is secret by default."""
    if re.fullmatch("[0-9]+", name):
        return False
    normal = normalise(name)
    return normal in _NORMAL_NAMES or any(word in normal for word in _NORMAL_WORDS)


def create_text_redactor(
    names: Sequence[str] = (), patterns: Sequence[str] = ()
) -> RedactText:
    """Takes secrets out of a text: values after secret names, and secrets by their form.

    `names` are whole names of further secret fields, in any spelling; `patterns` regular
    expressions of further secrets, in any case. Raises ValueError for a pattern that is refused.
    """
    further = compile_patterns(patterns, "redact_patterns")
    usual = re.compile(
        "|".join((_field_pattern(names), *_SECRET_FORMS)), re.ASCII | re.IGNORECASE
    )

    def redact(text: str) -> str:
        text = _replace_in_windows(text, usual, _replacement)
        for pattern in further:
            text = _replace_in_windows(text, pattern, lambda _: REDACTED_TEXT)
        return text

    return redact


def redact_value(
    value: Any,
    is_secret: Callable[[tuple[str, ...]], bool],
    text: RedactText | None = None,
    path: tuple[str, ...] = (),
    on_secret: OnSecret | None = None,
) -> Any:
    """A copy of a JSON value without its secret fields; JSON within a text is searched too.

    `is_secret` gets the names of the fields from the outermost in; an item's is its index.
    `on_secret` is called with the path and value of each that is taken out.
    """
    found: list[_Found] = []
    redacted = _redact_value(value, is_secret, text, path, found)
    if on_secret:
        for where, secret in found:
            on_secret(where, secret)
    return redacted


def _redact_value(
    value: Any,
    is_secret: Callable[[tuple[str, ...]], bool],
    text: RedactText | None,
    path: tuple[str, ...],
    found: list[_Found],
) -> Any:
    if path and is_secret(path):
        found.append((path, value))
        return REDACTED_TEXT
    if isinstance(value, RawNumber):
        return value
    if isinstance(value, str):
        redacted = _redact_json(value, is_secret, path, found)
        return text(redacted) if text else redacted
    if not isinstance(value, (dict, list)):
        return value
    if len(path) > _MAX_DEPTH:
        return "[too deep]"
    if isinstance(value, list):
        return [
            _redact_value(item, is_secret, text, (*path, str(i)), found)
            for i, item in enumerate(value)
        ]
    return {
        name: _redact_value(item, is_secret, text, (*path, name), found)
        for name, item in value.items()
    }


_LOOKS_LIKE_JSON = re.compile(f"[{_S}]{{0,5}}[{{[]")


def _redact_json(
    text: str,
    is_secret: Callable[[tuple[str, ...]], bool],
    path: tuple[str, ...],
    found: list[_Found],
) -> str:
    if not _LOOKS_LIKE_JSON.match(text):
        return text
    try:
        value = parse_exactly(text)
    except ValueError:
        return text
    inner: list[_Found] = []
    redacted = _redact_value(value, is_secret, None, path, inner)
    found.extend(inner)
    return write_exactly(redacted) if inner else text


def normalise(name: str) -> str:
    """A name in the one spelling in which names are compared."""
    return re.sub(f"[-_{_S}]", "", name.lower())


_NORMAL_WORDS = [normalise(word) for word in _SECRET_WORDS]
_NORMAL_NAMES = {normalise(name) for name in _SECRET_NAMES}


def _spellings(name: str) -> str:
    return "[-_ ]?".join(re.escape(letter) for letter in normalise(name))


def _field_pattern(names: Sequence[str]) -> str:
    whole = [name for name in (*_SECRET_NAMES, *names) if normalise(name)]
    name = "|".join(
        (
            *map(_spellings, _SECRET_WORDS),
            f"(?<![A-Za-z0-9])(?:{'|'.join(map(_spellings, whole))})",
        )
    )
    return rf"((?:{name})[\"']?[ \t]{{0,5}}[:=][ \t]{{0,5}}{_SCHEME})(?:{_VALUE})"


def _replacement(found: re.Match[str]) -> str:
    before_value, scheme, url = found.group(1), found.group(2), found.group(3)
    if before_value is None:
        return f"{scheme or url or ''}{REDACTED_TEXT}"
    first = found.group()[len(before_value)]
    quote = first if first in "\"'" else ""
    return f"{before_value}{quote}{REDACTED_TEXT}"


def _replace_in_windows(
    text: str,
    pattern: re.Pattern[str],
    replacement: Callable[[re.Match[str]], str],
) -> str:
    """Replaces all matches, in overlapping windows: no search is over more than it needs.

    A match that reaches the end of its window is looked for again in a larger one.
    """
    parts: list[str] = []
    done = 0
    at = 0
    size = _WINDOW
    while at < len(text):
        start = max(0, at - _BEFORE)
        end = min(len(text), at + size + _WINDOW_OVERLAP)
        window = text[start:end]
        following = min(len(text), at + size)
        cut: int | None = None
        reached = following
        position = at - start
        while match := pattern.search(window, position):
            begin, stop = start + match.start(), start + match.end()
            if begin >= following and end < len(text):
                break
            if stop == end and end < len(text):
                cut = begin
                break
            parts += (text[done:begin], replacement(match))
            done = stop
            reached = max(following, stop)
            position = match.end() + (1 if stop == begin else 0)
        if cut is None:
            if end == len(text):
                break
            at = reached
            size = _WINDOW
        else:
            size = size * 2 if cut == at else _WINDOW
            at = cut
    parts.append(text[done:])
    return "".join(parts)
