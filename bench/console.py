"""How soon somebody at the queue sees something useful: a browser that has nothing cached, until rows stand there."""

from __future__ import annotations

import time

import numpy as np
from bench._common import Figure, figure
from bench._site import fill, installed
from playwright.sync_api import sync_playwright
from tests.journeys.support import DESK, FLAGS, browser_path

OPENED, INCIDENTS = 10, 20_000


def run() -> list[Figure]:
    """First useful paint of the console at 1440 px, without cache, of an installation of its own."""
    with installed("serve", "work") as site, sync_playwright() as playwright:
        fill(site, INCIDENTS)
        name, value = site.cookie("shiqiaopu-duty").split("=", 1)
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        spent = []
        for _ in range(OPENED):
            context = browser.new_context(viewport=DESK, locale="zh-CN")
            context.add_cookies([{"name": name, "value": value, "url": site.url}])
            page = context.new_page()
            began = time.perf_counter()
            page.goto(f"{site.url}/", wait_until="commit")
            page.get_by_test_id("queue-row").first.wait_for()
            spent.append((time.perf_counter() - began) * 1e3)
            context.close()
        browser.close()
    return [
        figure(
            "console.first_useful_paint_p95", float(np.percentile(spent, 95)), "ms", 2_000, "lower", OPENED
        )
    ]
