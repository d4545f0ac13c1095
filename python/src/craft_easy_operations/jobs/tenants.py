"""The platform's tenants: a list, or what answers them as of now."""

from __future__ import annotations

import inspect
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Union

from ..protocol.tenant import tenant_problem

TenantsInput = Union[
    Sequence[str], Callable[[], Union[Sequence[str], Awaitable[Sequence[str]]]]
]


def create_tenant_list(
    given: TenantsInput, warn: Callable[[str], None]
) -> Callable[[], Awaitable[Sequence[str]]]:
    """Of a function's answers, an id that is not allowed is left out, and logged once.

    Raises ValueError where a list has such an id.
    """
    said: set[str] = set()

    def problem_of(tenant: str) -> str | None:
        problem = tenant_problem(tenant)
        return problem and f"tenants: {json.dumps(tenant)[:300]}: {problem}"

    if not callable(given):
        for tenant in given:
            problem = problem_of(tenant)
            if problem:
                raise ValueError(problem)
        fixed = list(given)

        async def known() -> Sequence[str]:
            return fixed

        return known
    ask = given

    async def asked() -> Sequence[str]:
        answer = ask()
        tenants = await answer if inspect.isawaitable(answer) else answer
        allowed = []
        for tenant in tenants:
            problem = problem_of(tenant)
            if problem is None:
                allowed.append(tenant)
            elif tenant not in said:
                said.add(tenant)
                warn(f"{problem}; it is left out")
        return allowed

    return asked
