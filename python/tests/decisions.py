"""What both languages decide alike, by the names of `operations-protocol`'s decisions.

As a program: reads cases, one JSON a line, from the file that its argument names; writes how many
agree, and the first ones that do not.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any

from craft_easy_operations.flags.evaluate import variant_at
from craft_easy_operations.maintenance.state import WindowTimes, maintenance_at
from craft_easy_operations.protocol import names
from craft_easy_operations.protocol.hash_slot import hash_slot
from craft_easy_operations.protocol.keys import ProtocolKeys
from craft_easy_operations.protocol.redact import (
    create_text_redactor,
    is_secret_name,
    redact_value,
)
from craft_easy_operations.protocol.schedule import check_cron, next_slot, slot_before
from craft_easy_operations.protocol.signing import KeyRing, RequestKey
from craft_easy_operations.protocol.tenant import tenant_problem
from craft_easy_operations.rate_limits.address import (
    Address,
    client_key,
    format_address,
    format_cidr,
    parse_address,
    parse_cidr,
    read_client_address,
)
from craft_easy_operations.rate_limits.overrides import (
    OverrideTable,
    Quota,
    apply_override,
)
from craft_easy_operations.requests.verifier import CANCEL, RUN

Given = dict[str, Any]
_redact_text = create_text_redactor()


def _format(address: Address | None) -> str | None:
    return None if address is None else format_address(address)


def _keys(given: Given) -> list[str]:
    keys = ProtocolKeys(given["namespace"], given["cluster"], given.get("runStreams"))
    job, run_id = given["job"], given["runId"]
    return [keys.requests(job), keys.runs_of(job), keys.log(run_id)]


def _cidr(given: Given) -> str | None:
    cidr = parse_cidr(given["text"])
    return None if cidr is None else format_cidr(cidr)


def _client_key(given: Given) -> str | None:
    address = parse_address(given["text"])
    return None if address is None else client_key(address)


def _override(given: Given) -> str | None:
    table = OverrideTable()
    for record in given["records"]:
        table.update(record["id"], record)
    ip = given.get("ip")
    found = table.find(
        given["at"],
        given.get("limiter"),
        given.get("tenant"),
        None if ip is None else parse_address(ip),
    )
    return None if found is None else str(found["id"])


def _quota(given: Given) -> Given | None:
    quota = Quota(given["quota"]["limit"], given["quota"]["windowSeconds"])
    result = apply_override(quota, given["limit"])
    if result is None:
        return None
    return {"limit": result.limit, "windowSeconds": result.window_seconds}


def _maintenance(given: Given) -> Given | None:
    windows = [WindowTimes(**window) for window in given["windows"]]
    state = maintenance_at(windows, given["at"])
    if state is None:
        return None
    return {
        "mode": state.mode,
        "until": state.until,
        "clearAt": state.clear_at,
    }


def _verify(given: Given) -> Given:
    ring = KeyRing([RequestKey(key["id"], key["publicKey"]) for key in given["keys"]])
    kind = RUN if given["kind"] == "run" else CANCEL
    verdict = ring.verify(given["jws"], kind.types, kind.required, given["now"])
    if verdict.claims is not None:
        return {"runId": verdict.claims["runId"]}
    sentence, colon, field = str(verdict.problem).partition(": ")
    problem = re.sub(" named .*", "", sentence)
    return {"problem": problem, "field": field} if colon else {"problem": problem}


DECISIONS: dict[str, Callable[[Given], Any]] = {
    "encodeName": lambda g: names.encode_name(g["text"], g.get("limit")),
    "encodeTenant": lambda g: names.encode_tenant(g["tenant"], g.get("limit")),
    "tenantRunId": lambda g: names.tenant_run_id(g["job"], g["slot"], g["tenant"]),
    "derivedRunId": lambda g: names.derived_run_id(
        g["job"], g["engineJobId"], g["createdAt"]
    ),
    "separateRunId": lambda g: names.separate_run_id(g["runId"], g["suffix"]),
    "tenantProblem": lambda g: tenant_problem(g["tenant"]),
    "hashSlot": lambda g: hash_slot(g["key"]),
    "keys": _keys,
    "isCron": lambda g: check_cron(g["cron"]) is None,
    "nextSlot": lambda g: next_slot(g["cron"], g["timezone"], g["moment"]),
    "slotBefore": lambda g: slot_before(g["cron"], g["timezone"], g["moment"]),
    "variantAt": lambda g: variant_at(g["flag"], g["at"]),
    "address": lambda g: _format(parse_address(g["text"])),
    "clientAddress": lambda g: _format(read_client_address(g["text"])),
    "clientKey": _client_key,
    "cidr": _cidr,
    "override": _override,
    "quota": _quota,
    "maintenance": _maintenance,
    "redactText": lambda g: _redact_text(g["text"]),
    "redactValue": lambda g: redact_value(
        g["value"], lambda path: is_secret_name(path[-1]), _redact_text
    ),
    "verify": _verify,
}


def disagreements(cases: Iterable[dict[str, Any]]) -> Iterable[str | None]:
    """For each case, None where this language agrees, or both answers."""
    for case in cases:
        answer = DECISIONS[case["decide"]](case["given"])
        if answer == case["expect"]:
            yield None
        else:
            given = json.dumps(case)[:600]
            yield f"{given}\n  decided here: {json.dumps(answer)[:300]}"


def main(file: str) -> int:
    """Compares a file of cases; the exit code says whether all agree."""
    with open(file, encoding="utf-8") as lines:
        answers = list(disagreements(map(json.loads, lines)))
    faults = [answer for answer in answers if answer is not None]
    sys.stdout.write("\n".join(faults[:20]))
    sys.stdout.write(f"\n{len(answers) - len(faults)} of {len(answers)} agree\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
