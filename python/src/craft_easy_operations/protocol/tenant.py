"""Which ids a tenant may have (docs/protocol.md, "Names")."""

from __future__ import annotations

import re
import unicodedata

_MAX_LENGTH = 200
# controls, separators of lines, zero-width and bidirectional marks, tags, and non-characters
_INVISIBLE = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e03ff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
# what `String.prototype.trim` takes away
BLANKS = "\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_OUTER_BLANK = re.compile(f"\\A[{BLANKS}]|[{BLANKS}]\\Z")


def tenant_problem(tenant: str) -> str | None:
    """What is wrong with a tenant's id, as a sentence; None where nothing is."""
    if not 1 <= len(tenant) <= _MAX_LENGTH:
        return f"A tenant's id has 1 to {_MAX_LENGTH} characters"
    if _SURROGATE.search(tenant):
        return "A tenant's id is valid Unicode, without half of a surrogate pair"
    if _INVISIBLE.search(tenant):
        return (
            "A tenant's id has visible characters only: "
            "no control, zero-width or bidirectional ones"
        )
    if _OUTER_BLANK.search(tenant):
        return "A tenant's id neither begins nor ends with a blank"
    if not unicodedata.is_normalized("NFC", tenant):
        return "A tenant's id is in Unicode's normal form C (NFC)"
    return None
