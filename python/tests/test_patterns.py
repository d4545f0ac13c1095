"""Patterns of a platform's own secrets, and which are refused."""

from __future__ import annotations

import pytest

from craft_easy_operations.protocol.patterns import compile_patterns
from craft_easy_operations.protocol.redact import create_text_redactor


def test_what_a_pattern_of_ones_own_matches_is_taken_out_too() -> None:
    redact = create_text_redactor([], [r"\bCUST-\d+", r"SE\d{2,22}"])
    text = "CUST-4711 paid by SE4550000000058398257466, password=x"
    assert redact(text) == "[redacted] paid by [redacted], password=[redacted]"
    assert redact("cust-1") == "[redacted]"
    # beyond a window of the search
    long = "x " * 40_000 + "CUST-1"
    assert redact(long).endswith("x [redacted]")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("(a+)+b", "not bounded"),
        ("a+b", "not bounded"),
        (r"(\w)\1", "groupref is not known"),
        ("(?=a)b", "assert is not known"),
        ("a{1,200}b{1,200}c", "ways at one place"),
        ("(a{1,3}){1,30}b", "ways at one place"),
        ("(a|aa){1,30}b", "ways at one place"),
        ("a*", "empty text"),
        ("(", "missing"),
    ],
)
def test_a_pattern_whose_time_is_not_in_proportion_is_refused(
    source: str, why: str
) -> None:
    with pytest.raises(ValueError, match=r"^redact_patterns\[1\]: ") as raised:
        compile_patterns(["fine", source], "redact_patterns")
    assert why in str(raised.value)
