"""The wheel is built, and works where it is installed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from .conftest import Platform

PACKAGE = Path(__file__).parents[1]


def _succeed(*command: str | Path, cwd: Path = PACKAGE) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_python_6_the_wheel_is_built_and_works_in_a_clean_environment(
    tmp_path: Path,
) -> None:
    wheels, clean = tmp_path / "wheels", tmp_path / "clean"
    # Debian's hatchling comes without what it needs for editable installations only
    build = ("-m", "build", "--wheel", "--no-isolation", "--skip-dependency-check")
    _succeed(sys.executable, *build, "--outdir", wheels, PACKAGE)
    [wheel] = wheels.glob("*.whl")
    _succeed(sys.executable, "-m", "venv", "--system-site-packages", clean)
    python = clean / "bin" / "python"
    _succeed(python, "-m", "pip", "install", "--no-index", "--no-deps", wheel)
    imports = (
        "import craft_easy_operations as package; "
        "from craft_easy_operations import Worker, job; print(package.__file__)"
    )
    where = _succeed(python, "-c", imports, cwd=tmp_path)
    assert where.startswith(str(clean))
    installed = Path(where.strip()).parent
    # without it type checkers would not look at the package
    assert (installed / "py.typed").exists()
    assert not list(installed.rglob("test_*"))
    # the wrapper comes along, and becomes the command's parent in place of Python
    wrapped = ("run", "--job", "of-the-wheel", "--", "echo", "it ran")
    done = subprocess.run(
        [python, "-m", "craft_easy_operations", *wrapped],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "OPERATIONS_SPOOL": str(tmp_path / "spool")},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "it ran\n")


async def test_python_6_the_readme_followed_to_the_letter_gives_a_worker(
    platform: Platform, tmp_path: Path
) -> None:
    text = (PACKAGE / "README.md").read_text()
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S)
    [install, program, start] = [code for _, code in blocks]
    (tmp_path / "python").symlink_to(PACKAGE)
    (tmp_path / "jobs.py").write_text(program)
    environment = {
        # the Python of the tests, which has Debian's packages; pip asks nobody
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
    }
    environment.pop("PYTHONPATH", None)
    installed = subprocess.run(
        ["sh", "-e", "-c", install],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert installed.returncode == 0, installed.stdout + installed.stderr
    # the one thing that is not as it stands there: where Redis is
    line = start.replace("redis://127.0.0.1:6379", platform.url)
    process = subprocess.Popen(
        ["sh", "-c", f"exec env {line}"], cwd=tmp_path, env=environment
    )
    try:
        platform.keys = type(platform.keys)()
        await platform.ask("clean-up", runId="c")
        ended = await platform.end_of("c", within=30)
        assert ended["state"] == "succeeded"
        assert await platform.log_of("c") == ["nothing has expired"]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
