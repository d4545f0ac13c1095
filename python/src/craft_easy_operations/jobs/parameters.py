"""Parameters of a run, checked and completed by a JSON Schema (2020-12).

The keywords below are understood. A schema with another one is refused when the job is declared:
what it asks for could not be checked.
"""

from __future__ import annotations

import re
from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_CHECKED = {
    *("type", "enum", "const", "properties", "required", "additionalProperties"),
    *("items", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum"),
    *("exclusiveMaximum", "minLength", "maxLength", "pattern"),
}
_NOTES = {"$schema", "$id", "title", "description", "default", "examples", "format"}


class InvalidParametersError(ValueError):
    """Parameters do not fit the schema; names the one that does not."""


def schema_problem(schema: Any, path: str = "params_schema") -> str | None:
    """What makes a schema one that cannot be checked; None where nothing does."""
    if not isinstance(schema, dict):
        return f"{path} is no JSON Schema"
    unknown = sorted(set(schema) - _CHECKED - _NOTES)
    if unknown:
        return f"{path}: the keyword {unknown[0]} is not understood"
    kinds = schema.get("type", [])
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        if kind not in _TYPES:
            return f"{path}.type: there is no type {kind}"
    if "pattern" in schema:
        try:
            re.compile(schema["pattern"])
        except re.error as error:
            return f"{path}.pattern: {error}"
    for name, inner in schema.get("properties", {}).items():
        problem = schema_problem(inner, f"{path}.properties.{name}")
        if problem:
            return problem
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            problem = schema_problem(schema[name], f"{path}.{name}")
            if problem:
                return problem
    return None


def parse_parameters(schema: dict[str, Any] | None, given: Any) -> dict[str, Any]:
    """Checks parameters and puts in defaults. Raises InvalidParametersError."""
    value = {} if given is None else given
    if not isinstance(value, dict):
        raise InvalidParametersError("parameters: must be an object")
    if not schema:
        return value
    checked = _check(schema, value, "")
    assert isinstance(checked, dict)
    return checked


def _check(schema: dict[str, Any], value: Any, path: str) -> Any:
    def refuse(what: str) -> None:
        raise InvalidParametersError(f"{path or 'parameters'}: {what}")

    kinds = schema.get("type")
    if kinds is not None:
        allowed = [kinds] if isinstance(kinds, str) else kinds
        if not any(_is_of_type(value, kind) for kind in allowed):
            refuse(f"must be of type {' or '.join(allowed)}")
    if "enum" in schema and not any(_same(value, one) for one in schema["enum"]):
        refuse("is none of the allowed values")
    if "const" in schema and not _same(value, schema["const"]):
        refuse("is not the allowed value")
    if isinstance(value, str):
        _check_text(schema, value, refuse)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        _check_number(schema, value, refuse)
    if isinstance(value, list):
        _check_length(schema, len(value), "Items", "items", refuse)
        items = schema.get("items")
        if isinstance(items, dict):
            return [_check(items, one, f"{path}[{i}]") for i, one in enumerate(value)]
    if isinstance(value, dict):
        return _check_object(schema, value, path)
    return value


def _check_object(
    schema: dict[str, Any], value: dict[str, Any], path: str
) -> dict[str, Any]:
    properties: dict[str, Any] = schema.get("properties", {})
    more = schema.get("additionalProperties", True)
    found: dict[str, Any] = {}
    for name, inner in value.items():
        place = f"{path}.{name}" if path else name
        if name in properties:
            found[name] = _check(properties[name], inner, place)
        elif more is False:
            raise InvalidParametersError(f"{place}: there is no such parameter")
        else:
            found[name] = (
                _check(more, inner, place) if isinstance(more, dict) else inner
            )
    for name, inner in properties.items():
        if name not in found and "default" in inner:
            found[name] = inner["default"]
    for name in schema.get("required", []):
        if name not in found:
            place = f"{path}.{name}" if path else name
            raise InvalidParametersError(f"{place}: is needed")
    return found


def _check_text(schema: dict[str, Any], value: str, refuse: Any) -> None:
    _check_length(schema, len(value), "Length", "characters", refuse)
    if "pattern" in schema and not re.search(schema["pattern"], value):
        refuse(f"does not match {schema['pattern']}")


def _check_number(schema: dict[str, Any], value: float, refuse: Any) -> None:
    if "minimum" in schema and value < schema["minimum"]:
        refuse(f"must be at least {schema['minimum']}")
    if "maximum" in schema and value > schema["maximum"]:
        refuse(f"must be at most {schema['maximum']}")
    if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
        refuse(f"must be more than {schema['exclusiveMinimum']}")
    if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
        refuse(f"must be less than {schema['exclusiveMaximum']}")


def _check_length(
    schema: dict[str, Any], length: int, what: str, unit: str, refuse: Any
) -> None:
    if length < schema.get(f"min{what}", 0):
        refuse(f"has fewer than {schema[f'min{what}']} {unit}")
    if length > schema.get(f"max{what}", length):
        refuse(f"has more than {schema[f'max{what}']} {unit}")


def _is_of_type(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[kind])


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
