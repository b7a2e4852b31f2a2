"""Stop with the one line that helps when the browser for the journeys is missing; never skip silently."""

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
if not os.environ.get("CHENGYUN_BROWSER") and not any(shutil.which(name) for name in NAMES):
    sys.exit("The tests need Chromium and a Chinese font: sudo apt-get install -y chromium fonts-noto-cjk")
