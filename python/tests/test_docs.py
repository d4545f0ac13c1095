"""The blocks of docs/python.md are executed as they stand."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from .conftest import Platform
from .webhooks.servers import Portal, Receiver

ROOT = Path(__file__).parents[2]


def _block(page: str, name: str) -> str:
    """The block of Python that begins with a file's name."""
    found = re.findall(
        r"^```python\n(.*?)^```$", (ROOT / page).read_text(), re.M | re.S
    )
    [block] = [one for one in found if one.startswith(f"# {name}\n")]
    return str(block)


async def test_python_6_the_jobs_of_the_page_run(
    platform: Platform, tmp_path: Path
) -> None:
    (tmp_path / "jobs.py").write_text(_block("docs/python.md", "jobs.py"))
    namespace = {"REDIS_URL": platform.url, "PYTHONPATH": str(ROOT / "python" / "src")}
    process = subprocess.Popen(
        [sys.executable, "jobs.py"], cwd=tmp_path, env={**os.environ, **namespace}
    )
    try:
        # the page names no namespace
        platform.keys = type(platform.keys)()
        await platform.ask("tenant-export", runId="e", tenant="nordic-gym")
        await platform.ask("invoice-run", runId="i", trigger="manual")
        ended = await platform.end_of("e", within=30)
        assert (ended["state"], ended["result"]) == ("succeeded", {"parts": 4})
        refused = await platform.end_of("i")
        assert "An invoice that is sent twice" in refused["refusal"]["message"]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


async def test_python_6_the_job_of_the_readme_is_shown_and_guarded(
    platform: Platform, tmp_path: Path
) -> None:
    (tmp_path / "jobs.py").write_text(_block("README.md", "jobs.py"))
    where = {"REDIS_URL": platform.url, "PYTHONPATH": str(ROOT / "python" / "src")}
    process = subprocess.Popen(
        [sys.executable, "jobs.py"], cwd=tmp_path, env={**os.environ, **where}
    )
    try:
        platform.keys = type(platform.keys)()
        await platform.ask("daily-mrr-rollup", runId="m", trigger="manual")
        refused = await platform.end_of("m", within=30)
        assert refused["refusal"]["rule"] == "manual-run"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0


async def test_python_6_the_app_of_the_page_answers(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", platform.url)
    page: dict[str, Any] = {}
    exec(_block("docs/python.md", "app.py"), page)
    # Debian's FastAPI is older than the argument `lifespan`: entered by hand
    async with page["lifespan"](page["app"]):
        asked = httpx.AsyncClient(app=page["app"], base_url="http://platform")
        async with asked as client:
            answer = await client.get("/checkout")
            assert answer.json() == {"new": False}
            assert answer.headers["ratelimit-policy"] == '"api";q=60;w=60'
            banner = await client.get("/public/maintenance")
            assert banner.json()["windows"] == []


async def test_python_6_the_webhooks_of_the_page_are_reported(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal, receiver = Portal(), Receiver()
    receiver.says = lambda: (500, {}, b"")
    with portal.serving(), receiver.serving():
        for name, value in (
            ("REDIS_URL", platform.url),
            ("PORTAL_URL", portal.url),
            ("OPERATIONS_TOKEN", "a-token"),
            ("HOOK_URL", receiver.url),
            ("HOOK_SECRET", "whsec_" + "A" * 32),
        ):
            monkeypatch.setenv(name, value)
        page: dict[str, Any] = {}
        exec(_block("docs/python.md", "webhooks.py"), page)
        async with page["webhooks"]:
            await page["confirm"]("acme", "2026-117")
        assert len(receiver.came) == 3
        [failure] = portal.failures
        assert len(failure["attempts"]) == 3


def test_python_1_the_lines_of_the_table_are_those_of_the_programs() -> None:
    page = (ROOT / "docs/python.md").read_text()
    rows = re.findall(
        r"^\|[^|]+\| `((?:worker = observe|instrument)\([^`]+)`", page, re.M
    )
    programs = {
        name: (ROOT / f"python/tests/jobs/kinds/{name}.py").read_text().splitlines()
        for name in ("api", "command", "celery_app", "apscheduler_app", "rq_app")
    }
    assert len(rows) == len(programs)
    for row, (name, lines) in zip(rows, programs.items()):
        assert lines.count(row) == 1, name
        # besides the import: the line, and one around the application's life at most
        ours = [one for one in lines if re.search(r"\bobserve\(|instrument\(", one)]
        around = [one for one in lines if "async with worker" in one]
        assert len(ours) == 1 and len(around) <= 1, name
