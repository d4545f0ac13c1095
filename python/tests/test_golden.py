"""The golden cases of `operations-protocol`, decided in Python."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from craft_easy_operations.protocol import names
from craft_easy_operations.protocol.keys import ProtocolKeys
from craft_easy_operations.protocol.tenant import tenant_problem

from .decisions import disagreements

GOLDEN = Path(__file__).parents[2] / "plugins" / "operations-protocol" / "golden"
FILES = sorted(file.stem for file in GOLDEN.glob("*.json") if file.stem != "names")


def _read(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text())


@pytest.mark.parametrize("name", FILES)
def test_python_3_golden_cases_agree(name: str) -> None:
    cases = _read(name)
    assert len(cases) > 10
    assert [fault for fault in disagreements(cases) if fault] == []


def test_python_3_golden_names_agree() -> None:
    golden = _read("names")
    for case in golden["encodeName"]:
        assert names.encode_name(case["text"]) == case["encoded"]
    for case in golden["encodeTenant"]:
        assert names.encode_tenant(case["tenant"]) == case["encoded"]
        assert tenant_problem(case["tenant"]) is None
    for case in golden["queueOf"]:
        assert names.queue_of(case["job"]) == case["queue"]
        assert names.is_job_name(case["job"])
    for case in golden["slotRunId"]:
        assert names.slot_run_id(case["job"], case["slot"]) == case["runId"]
    for case in golden["tenantRunId"]:
        given = case["job"], case["slot"], case["tenant"]
        assert names.tenant_run_id(*given) == case["runId"]
    for case in golden["derivedRunId"]:
        given = case["job"], case["engineJobId"], case["createdAt"]
        assert names.derived_run_id(*given) == case["runId"]
    for job in golden["refusedJobs"]:
        assert not names.is_job_name(job)
    for tenant in golden["refusedTenants"]:
        assert tenant_problem(tenant) is not None


def test_python_3_golden_keys_agree() -> None:
    keys = ProtocolKeys()
    of: dict[str, Callable[..., str]] = {
        "log": keys.log,
        "cancel": keys.cancel,
        "requestUsed": keys.request_used,
        "requests": keys.requests,
        "requested": keys.requested,
        "slot": keys.slot,
        "lastSlot": keys.last_slot,
        "grants": keys.grants,
        "tenantLock": keys.tenant_lock,
    }
    cases = _read("names")["protocolKeys"]
    known = [case for case in cases if case["key"] in of]
    assert len(known) > 5
    for case in known:
        assert of[case["key"]](*case["arguments"]) == case["value"]
