"""Pictures of the whole simulated city for README, from a demo that runs: python -m tests.journeys.pictures [URL]."""

from __future__ import annotations

import io
import sys

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.support import DESK, FLAGS, PICTURES, browser_path

WALL = {"width": 1920, "height": 1080}
QUIET_MS = 6_000  # until tiles are drawn by a processor without a graphics card


def main(url: str) -> None:
    """The queue with its peek card, the city's desk, the wall."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        queue = opened(browser, url, "jiulongpo-duty", DESK, "/")
        for _ in range(3):
            queue.keyboard.press("j")
        keep(queue, "queue")
        keep(opened(browser, url, "city-duty", DESK, "/"), "city")
        keep(opened(browser, url, "wall", WALL, "/wall"), "wall")
        browser.close()


def opened(browser: Browser, url: str, login: str, size: dict[str, int], path: str) -> Page:
    """A page of somebody who is signed in, in a browser of their own."""
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")  # type: ignore[arg-type]
    entry = {"login": login, "password": "chengyun"}
    answer = context.request.post(f"{url}/api/identity/login", data=entry, headers={"X-Chengyun": "1"})
    assert answer.ok, answer.text()
    page = context.new_page()
    page.goto(f"{url}{path}")
    page.locator('[data-testid="map"]').first.wait_for()
    page.wait_for_timeout(QUIET_MS)
    return page


def keep(page: Page, name: str) -> None:
    """As docs/images/<name>.png."""
    page.wait_for_timeout(QUIET_MS)
    with Image.open(
        io.BytesIO(page.screenshot())
    ) as shot:  # 256 colours are enough, and a quarter of the bytes
        shot.convert("RGB").quantize(256).save(PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8460")
