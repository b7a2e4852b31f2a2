"""Build the console and the phone pages into console/dist, and lay out the font of printed reports; quiet unless
something fails.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from npm import CONSOLE, npm

STAMP = CONSOLE / "node_modules" / ".chengyun-lock"
NOTO = CONSOLE / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
FONTS = CONSOLE.parent / "src" / "chengyun" / "vitals" / "checkup" / "fonts"
FONT_FILES = {
    "NotoSansSC-Regular.ttf": "400Regular/NotoSansSC_400Regular.ttf",
    "NotoSansSC-Bold.ttf": "700Bold/NotoSansSC_700Bold.ttf",
    "OFL.txt": "LICENSE_FONT",
}


def main() -> None:
    """Install the locked packages when the lock changed, then build both bundles."""
    command, environment = npm()
    lock = hashlib.sha256((CONSOLE / "package-lock.json").read_bytes()).hexdigest()
    if not STAMP.is_file() or STAMP.read_text() != lock:
        run("packages", [*command, "ci", "--loglevel=error", "--no-progress"], environment)
        STAMP.write_text(lock)
    lay_out_fonts(FONTS)
    run("build", [*command, "run", "build", "--silent"], environment)
    for page in ("index.html", "phone.html"):
        if not (CONSOLE / "dist" / page).is_file():
            sys.exit(f"The build ended without console/dist/{page}.")


def lay_out_fonts(folder: Path) -> None:
    """The font of printed reports with its licence, where the package and a wheel made of it look for it."""
    folder.mkdir(exist_ok=True)
    for name, source in FONT_FILES.items():
        shutil.copyfile(NOTO / source, folder / name)


def run(what: str, command: list[str], environment: dict[str, str]) -> None:
    """Run a step with its output kept back; show it all when the step fails."""
    out = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    step = subprocess.run(command, cwd=CONSOLE, env=environment, check=False, **out)
    if step.returncode:
        sys.stderr.write(step.stdout)
        hint = "Is the npm registry reachable? 是否能访问 npm 源？" if what == "packages" else ""
        sys.exit(f"Console {what} failed (exit status {step.returncode}). {hint}".rstrip())


if __name__ == "__main__":
    main()
