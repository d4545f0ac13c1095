"""`python -m craft_easy_operations run` is `operations-run`: docs/checkin.md, and its tests."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from craft_easy_operations.run import WRAPPER

ROOT = Path(__file__).parents[2]
MODULE = [sys.executable, "-m", "craft_easy_operations"]


def _run(*arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": "src", **more}
    return subprocess.run(
        [*MODULE, *arguments], env=environment, input=b"given", capture_output=True
    )


def test_checkin_1_the_wrapper_is_the_very_file_of_operations_run() -> None:
    original = ROOT / "packages/operations-run/bin/operations-run"
    # npm run generate
    assert WRAPPER.read_bytes() == original.read_bytes()


def test_checkin_1_the_command_is_run_and_reported(tmp_path: Path) -> None:
    came: list[tuple[str, dict[str, list[str]]]] = []

    class Portal(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            came.append((self.path, parse_qs(self.rfile.read(size).decode())))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Portal) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        done = _run(
            *("run", "--job", "nightly", "--schedule=15 2 * * *", "--"),
            *("sh", "-c", "cat; echo password=hunter2 >&2; exit 3"),
            OPERATIONS_URL=f"http://127.0.0.1:{server.server_port}",
            OPERATIONS_TOKEN="a-token",
            OPERATIONS_SPOOL=str(tmp_path / "spool"),
        )
        server.shutdown()
    assert (done.returncode, done.stdout) == (3, b"given")
    [ended] = [fields for path, fields in came if path.endswith("/nightly/finish")]
    assert ended["exitCode"] == ["3"]
    assert ended["schedule"] == ["15 2 * * *"]
    assert "hunter2" not in str(came)


def test_checkin_3_without_a_portal_the_command_runs_all_the_same(
    tmp_path: Path,
) -> None:
    spool = tmp_path / "spool"
    done = _run("run", "--job=n", "--", "cat", OPERATIONS_SPOOL=str(spool))
    assert (done.returncode, done.stdout) == (0, b"given")


@pytest.mark.parametrize(
    ("arguments", "code"), [([], 64), (["walk"], 64), (["--help"], 0)]
)
def test_it_says_how_it_is_called(arguments: list[str], code: int) -> None:
    done = _run(*arguments)
    assert done.returncode == code
    assert b"Usage: python -m craft_easy_operations run" in done.stdout + done.stderr


def test_its_help_is_that_of_the_wrapper() -> None:
    assert b"--guard-unreachable" in _run("run", "--help").stdout
