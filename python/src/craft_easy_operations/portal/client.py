"""Posts JSON to the portal, with the standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from ..protocol.text import to_utf8

_EXCERPT = 500


class PortalRefusal(Exception):
    """The portal answered, and not with 2xx; `status` is its answer."""

    def __init__(self, path: str, status: int, said: str) -> None:
        super().__init__(f"the portal answered {status} to {path}: {said}")
        self.status = status


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: followed, a POST would become a GET, and what it carries be lost."""

    def redirect_request(self, *_: Any) -> None:
        """Follows none."""


class PortalClient:
    """Calls Operations with a service's token.

    - `url`: the portal's backend, `https://portal.example.com`.
    - `token`: of `backend.auth.externalAccess`.

    Raises ValueError naming what is wrong.
    """

    def __init__(self, url: str, token: str, timeout_seconds: float = 5.0) -> None:
        if not url.startswith(("https://", "http://")):
            raise ValueError(f"portal_url: {url!r} is no address of HTTP")
        if not token or not token.isascii() or not token.isprintable():
            raise ValueError("token: is empty, or no token")
        self._base = url.rstrip("/") + "/api/operations/v1"
        self._token = token
        self._timeout = timeout_seconds
        self._opener = urllib.request.build_opener(_NoRedirects)

    def post(self, path: str, body: Any) -> Any:
        """Posts, and gives back the answer. Blocks: an event loop calls it in a thread.

        Raises PortalRefusal where the answer is not 2xx, OSError where there is none.
        """
        request = urllib.request.Request(
            self._base + path,
            # what is no character is replaced: a database may refuse it
            data=to_utf8(json.dumps(body, default=str, ensure_ascii=False)),
            headers={
                "content-type": "application/json",
                "authorization": f"Bearer {self._token}",
            },
            method="POST",
        )
        try:
            with self._opener.open(request, timeout=self._timeout) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(_EXCERPT).decode("utf-8", "replace")
            raise PortalRefusal(path, error.code, said) from None
        return json.loads(text) if text else None
