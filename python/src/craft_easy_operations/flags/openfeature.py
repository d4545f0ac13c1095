"""OpenFeature provider: the portal's global flags (the extra `openfeature`).

Written to the interface of `openfeature-sdk` 0.8 and tested against a stand-in of it.
"""

from __future__ import annotations

from typing import Any

from openfeature.flag_evaluation import FlagResolutionDetails, Reason
from openfeature.provider import AbstractProvider, Metadata

from .flags import Flags


class OperationsFlagProvider(AbstractProvider):
    """Answers from the last known state; the evaluation context is ignored."""

    def __init__(self, flags: Flags) -> None:
        super().__init__()
        self._flags = flags

    def get_metadata(self) -> Metadata:
        """The provider's name."""
        return Metadata(name="operations")

    def get_provider_hooks(self) -> list[Any]:
        """None."""
        return []

    def resolve_boolean_details(
        self, flag_key: str, default_value: bool, evaluation_context: Any = None
    ) -> Any:
        """A boolean flag."""
        return self._resolve("boolean", flag_key, default_value)

    def resolve_string_details(
        self, flag_key: str, default_value: str, evaluation_context: Any = None
    ) -> Any:
        """A flag of texts."""
        return self._resolve("string", flag_key, default_value)

    def resolve_integer_details(
        self, flag_key: str, default_value: int, evaluation_context: Any = None
    ) -> Any:
        """A flag of numbers, whole ones."""
        return self._resolve("integer", flag_key, default_value)

    def resolve_float_details(
        self, flag_key: str, default_value: float, evaluation_context: Any = None
    ) -> Any:
        """A flag of numbers."""
        return self._resolve("number", flag_key, default_value)

    def resolve_object_details(
        self, flag_key: str, default_value: Any, evaluation_context: Any = None
    ) -> Any:
        """A flag of JSON objects or lists."""
        return self._resolve("object", flag_key, default_value)

    def _resolve(self, kind: str, key: str, default: Any) -> Any:
        found = self._flags.resolve(key, kind)
        if found is None:
            return FlagResolutionDetails(value=default, reason=Reason.DEFAULT)
        return FlagResolutionDetails(
            value=found.value, variant=found.variant, reason=Reason.STATIC
        )
