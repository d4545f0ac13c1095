"""Takes secrets out of what is reported of webhooks."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from ..protocol.json_text import parse_exactly, to_json, write_exactly
from ..protocol.redact import (
    REDACTED_TEXT,
    create_text_redactor,
    is_secret_name,
    normalise,
    redact_value,
)
from ..protocol.text import cut, to_utf8
from .message import WebhookEndpoint
from .signature import trim_secret

_EXCERPT_LENGTH = 16_384
_MOST_PATHS, _PATH_LENGTH = 200, 300
_CONTENT_TYPE_LENGTH = 200
# shorter values are not searched for elsewhere: `1` or `no` would blot out half of a text
_SHORTEST_VALUE = 4
_FORM = re.compile("x-www-form-urlencoded", re.IGNORECASE)


class Redactor:
    """Knows which fields are secret, besides the usual ones: names, and paths.

    A name (`cardNumber`) counts at any depth; a path is `customer.bank.iban` or `items.*.code`.
    """

    def __init__(self, fields: Sequence[str] = ()) -> None:
        self._names = {normalise(one) for one in fields if "." not in one}
        paths = [one.split(".") for one in fields if "." in one]
        self._paths = [tuple(map(normalise, path)) for path in paths]
        last = {path[-1] for path in self._paths} - {"*"}
        self.redact_text = create_text_redactor([*self._names, *last])

    def is_secret_name(self, name: str) -> bool:
        """Whether a header or field of this name holds a secret."""
        return is_secret_name(name) or normalise(name) in self._names

    def payload(self, body: str, content_type: str) -> tuple[dict[str, Any], set[str]]:
        """The payload as the portal may show it, and the values that were taken out of it.

        JSON and forms are shown without secrets; anything else is withheld.
        """
        paths: list[str] = []
        values: set[str] = set()

        def on_secret(path: tuple[str, ...], value: Any) -> None:
            paths.append(".".join(path))
            _collect(value, values)

        text = self._readable(body, content_type, on_secret)
        payload: dict[str, Any] = {
            "contentType": cut(content_type, _CONTENT_TYPE_LENGTH),
            "size": len(to_utf8(body)),
            "truncated": False,
            "redacted": [cut(path, _PATH_LENGTH) for path in paths[:_MOST_PATHS]],
        }
        if text is None:
            why = "neither JSON nor a form: secret fields cannot be recognised"
            return {**payload, "withheld": why}, set()
        payload["text"] = cut(text, _EXCERPT_LENGTH)
        payload["truncated"] = payload["text"] != text
        return payload, values

    def _readable(self, body: str, content_type: str, on_secret: Any) -> str | None:
        if _FORM.search(content_type):
            fields = parse_qsl(body, keep_blank_values=True)
            return urlencode(
                [
                    (
                        name,
                        redact_value(value, self._is_secret, None, (name,), on_secret),
                    )
                    for name, value in fields
                ]
            )
        try:
            value = parse_exactly(body)
        except ValueError:
            return None
        redacted = redact_value(value, self._is_secret, on_secret=on_secret)
        return write_exactly(redacted)

    def _is_secret(self, path: tuple[str, ...]) -> bool:
        if self.is_secret_name(path[-1]):
            return True
        return any(
            len(pattern) == len(path)
            and all(
                part == "*" or part == normalise(name)
                for part, name in zip(pattern, path)
            )
            for pattern in self._paths
        )


class Cleaner:
    """Takes out of an answer what payload, signing secrets and the endpoint's headers hold."""

    def __init__(
        self, redactor: Redactor, endpoint: WebhookEndpoint, body: str, kind: str
    ) -> None:
        _, values = redactor.payload(body, kind)
        for secret in endpoint.secrets:
            values.update(trim_secret(secret))
        values.update(endpoint.headers.values())
        # the longest first: one within another would leave the rest of that readable
        forms = {form for one in values if one for form in _forms_of(one)}
        self._forms = sorted(forms, key=len, reverse=True)
        self._redact_text = redactor.redact_text
        self.is_secret_name = redactor.is_secret_name

    def text(self, text: str) -> str:
        """A text from elsewhere, such as an answer or an error."""
        for form in self._forms:
            text = text.replace(form, REDACTED_TEXT)
        return self._redact_text(text)


def _collect(value: Any, values: set[str]) -> None:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _collect(item, values)
    elif value is not None and not isinstance(value, bool):
        if len(str(value)) >= _SHORTEST_VALUE:
            values.add(str(value))


def _forms_of(value: str) -> set[str]:
    """The ways in which a receiver may have written a value into its answer."""
    return {
        value,
        to_json(value)[1:-1],
        quote(to_utf8(value), safe="!*'()~"),
        html.escape(value, quote=False),
        base64.b64encode(to_utf8(value)).decode(),
    }
