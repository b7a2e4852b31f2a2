"""Say in one clear line when this Python cannot run chengyun."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  this file runs before anything is known about the Python
    sys.exit(
        f"chengyun needs Python 3.11 or newer; this is {sys.version.split()[0]}. 需要 Python 3.11 或更高版本。"
    )
try:
    import ensurepip  # noqa: F401
    import venv  # noqa: F401
except ImportError:
    sys.exit("Python's venv module is missing: apt-get install python3-venv (缺少 venv 模块)")
