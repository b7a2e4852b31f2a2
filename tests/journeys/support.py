"""The real product behind a real browser: processes as the supervisor starts them, actors with a browser context each."""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, BrowserContext, FilePayload, Locator, Page, Response, expect
from playwright.sync_api import Error as PlaywrightError

from chengyun.kernel.contracts import system_actor
from chengyun.scenarios import service as scenarios
from tests.forks import command, forked
from tests.identity.support import peopled_template
from tests.support import Cluster, Links, seeded

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "test-results"
PICTURES = ROOT / "docs" / "images"
FLAGS = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox"]
FLAT = (
    "--disable-gpu-compositing"  # maps are drawn as by FLAGS; the pages around them cost half without a card
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE_S = 60.0  # until a process that was started has to answer
WAIT_MS = 20_000  # for anything that a person waits for on two busy cores

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
A = TypeVar("A", "Desk", "Phone")


def browser_path() -> str:
    """The browser to drive. Never a silent skip: without one the run fails and names the remedy."""
    named = os.environ.get("CHENGYUN_BROWSER")
    found = named or next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if not found:
        raise RuntimeError("The journeys need Chromium: sudo apt-get install -y chromium fonts-noto-cjk")
    return found


# the product


def city_template(cluster: Cluster) -> str:
    """The small city with units, demo accounts on duty and both shipped scenarios."""

    def build(database: object) -> None:
        with database.begin(system_actor("seed")) as tx:  # type: ignore[attr-defined]
            scenarios.install(tx, [ROOT / "scenarios"])

    return cluster.make_template("journeys", seeded(build), base=peopled_template(cluster))


@dataclass
class Product:
    """A running installation in demo mode."""

    url: str
    processes: list[tuple[BaseProcess, Connection]] = field(default_factory=list)

    def stop(self) -> None:
        """Ask every process to stop; the last started first."""
        for process, _ in reversed(self.processes):
            process.terminate()
        for process, alive in reversed(self.processes):
            process.join(15)
            process.kill()
            process.join()
            alive.close()


@contextmanager
def product(links: Links, home: Path, *beside: str) -> Iterator[Product]:
    """`chengyun serve` and `chengyun work` on a database, and what else is named (`sense`), until left."""
    port = _free_port()
    made = Product(f"http://127.0.0.1:{port}")
    environment = _environment(links, home, port)
    logs = [home / f"{name}.log" for name in ("serve", "work", *beside)]
    try:
        for log in logs:
            made.processes.append(forked(command, [log.stem], environment, log))
        _wait_healthy(made, logs)
        yield made
    finally:
        made.stop()


def _environment(links: Links, home: Path, port: int) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("CHENGYUN_")}
    own = {
        "HOME": str(home),
        "DATABASE_URL": links.app_url,
        "OWNER_DATABASE_URL": links.owner_url,
        "DEMO": "1",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    return inherited | {f"CHENGYUN_{key}": value for key, value in own.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_healthy(made: Product, logs: list[Path]) -> None:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if any(process.exitcode is not None for process, _ in made.processes):
            break
        with contextlib.suppress(URLError, OSError), urlopen(f"{made.url}/api/health", timeout=2):
            return
        time.sleep(0.1)
    said = "\n".join(f"{log.name}: {log.read_text(errors='replace')[-3000:]}" for log in logs)
    raise RuntimeError(f"the product did not come up\n{said}")


# actors


def photo(subject: str) -> FilePayload:
    """A picture as a camera makes it, a different one per subject: road, kerb and something dark in the middle."""
    shade = sum(subject.encode()) % 60
    image = Image.new("RGB", (1280, 960), (150 + shade, 165 + shade // 2, 175))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 420, 1280, 960), fill=(96 + shade // 3, 94, 92))
    draw.rectangle((0, 400, 1280, 430), fill=(205, 200, 190))
    draw.ellipse((380, 560, 940, 860), fill=(52, 46, 40), outline=(30, 28, 26), width=10)
    for line in range(430, 920, 50):
        draw.line((line, 575, line, 845), fill=(20, 18, 16), width=12)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return {"name": f"{subject}.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


@dataclass
class Actor:
    """One person with a browser context of their own. `faults` collects what a page must never show."""

    name: str
    context: BrowserContext
    page: Page
    url: str
    folder: Path
    faults: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Collect script errors and server errors of a page."""
        page.on("pageerror", lambda error: self.faults.append(f"{self.name}: script error: {error}"))
        page.on("response", self._heard)
        page.on("console", lambda line: self.said.append(f"{line.type}: {line.text}"))

    def _heard(self, response: Response) -> None:
        if response.status >= 500:
            self.faults.append(f"{self.name}: {response.status} {response.request.method} {response.url}")

    def go(self, path: str) -> None:
        """Open a path of the product."""
        self.page.goto(self.url + path, wait_until="domcontentloaded")

    def by(self, test_id: str) -> Locator:
        """What carries this test id."""
        return self.page.get_by_test_id(test_id)

    def shot(self, name: str, *, picture: str | None = None) -> None:
        """Keep what the actor sees; `picture` also as docs/images/<picture>.png when CHENGYUN_SHOTS is set."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=self.folder / f"{name}.png")
        if picture and os.environ.get("CHENGYUN_SHOTS"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{picture}.png")

    def keep_last(self, name: str) -> None:
        """What a failed test showed last: address, words and picture."""
        with contextlib.suppress(PlaywrightError):
            self.shot(name)
            words = self.page.locator("body").inner_text()
            said = "\n".join([self.page.url, *self.said, "", words])
            (self.folder / f"{name}.txt").write_text(said, encoding="utf-8")


class Desk(Actor):
    """Somebody in front of the console."""

    def sign_in(self, login: str) -> None:
        """By the sign-in page, with the password of the demo accounts."""
        self.go("/login")
        self.by("login").fill(login)
        self.by("password").fill("chengyun")
        self.by("password").press("Enter")
        expect(self.by("account")).to_be_visible()

    def row(self, number: str) -> Locator:
        """A row of the queue."""
        return self.page.locator(f'[data-testid="queue-row"][data-number="{number}"]')

    def open_incident(self, number: str) -> None:
        """From the queue to the incident's page: show what is new if the row is not there yet, stand on it, open it."""
        row, pill = self.row(number), self.by("new-pill")
        expect(row.or_(pill).first).to_be_visible()
        if not row.count():
            pill.click()
        row.click()
        self.page.keyboard.press("o")
        expect(self.by("incident-number")).to_have_text(number)

    def steps(self, move: str) -> Locator:
        """Lines of the history made by a move."""
        return self.by("timeline").locator(f'li[data-move="{move}"]')

    def order(self, unit: str) -> Locator:
        """The work order of a unit on the incident's page."""
        return self.page.locator(f'[data-testid="order"][data-unit="{unit}"]')

    def choose(self, field_name: str, text: str) -> None:
        """In a dialog: open the select of a need, type where it searches, take the option that reads so."""
        box = self.by("move-dialog").locator(f'[data-need="{field_name}"] input').first
        box.click()
        if box.is_editable():
            box.fill(text)
        self.option(text).click()

    def start(self, move: str) -> None:
        """The button of a move of the incident that is open; it may be in the menu of the rest."""
        button = self.by(f"move-{move}")
        expect(self.by("move-more").or_(button).first).to_be_visible()
        if not button.count():
            self.by("move-more").click()
        button.click()

    def option(self, text: str) -> Locator:
        """An option of the select that is open."""
        options = self.page.locator(
            ".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option"
        )
        return options.filter(has_text=text).first


class Phone(Actor):
    """Somebody with a phone in the hand."""

    def sign_in(self, login: str) -> None:
        """Staff, by account and password."""
        self.go("/m/login")
        self.by("login").fill(login)
        self.by("password").fill("chengyun")
        self.by("login-submit").click()
        expect(self.by("login-submit")).to_have_count(0)

    def sign_in_resident(self, number: str) -> None:
        """A resident, by the code of the simulated message."""
        self.go("/m/login")
        self.by("login-resident").click()
        self.by("resident-phone").fill(number)
        self.by("code-request").click()
        message = self.by("demo-code")
        expect(message).to_be_visible()
        code = re.search(r"\d{4,8}", message.inner_text())
        assert code, "the simulated message carries a code"
        self.by("code").fill(code.group())
        self.by("code-submit").click()
        expect(self.by("code-submit")).to_have_count(0)

    def tab(self, name: str) -> None:
        """One of the tabs at the bottom."""
        self.page.get_by_role("navigation").get_by_role("button", name=name, exact=True).click()

    def take_photo(self, *subjects: str) -> None:
        """Choose pictures as the camera would hand them over; inside a sheet if one is open."""
        sheet = self.page.get_by_role("dialog")
        where = sheet if sheet.count() else self.page.get_by_role("main")
        where.get_by_test_id("report-photo").set_input_files([photo(subject) for subject in subjects])
        expect(where.locator(".photo:not(.photo-add)")).to_have_count(len(subjects))

    def place(self, query: str, detail: str) -> None:
        """Search a place and take the hit whose line reads so."""
        self.by("report-place").fill(query)
        self.by("place-option").filter(has_text=detail).first.click()
        expect(self.by("chain")).to_be_visible()

    def move(self, name: str, **fields: str) -> None:
        """Make a move of the task that is open, filling its sheet; then it is on the server."""
        self.by(f"move-{name}").click()
        for field_name, value in fields.items():
            self.by(field_name).fill(value)
        self.by("confirm").click()
        expect(self.by("confirm")).to_have_count(0)


@dataclass
class Stage:
    """Gives every actor of a test a browser context of their own, at the product's address."""

    browser: Browser
    url: str
    folder: Path
    actors: list[Actor] = field(default_factory=list)

    def desk(self, login: str | None = None, **options: object) -> Desk:
        """Somebody at the console, signed in when a login is given."""
        actor = self._enter(Desk, login or "visitor", DESK, options)
        if login:
            actor.sign_in(login)
        return actor

    def phone(self, login: str | None = None, **options: object) -> Phone:
        """Somebody with a phone of 390 × 844, signed in when a login is given."""
        touch = {"has_touch": True, "is_mobile": True, "device_scale_factor": 2}
        actor = self._enter(Phone, login or "visitor", PHONE, touch | options)
        if login:
            actor.sign_in(login)
        return actor

    def _enter(self, kind: type[A], name: str, viewport: dict[str, int], options: Mapping[str, object]) -> A:
        settings = {"viewport": viewport, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
        context = self.browser.new_context(**settings)  # type: ignore[arg-type]
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        actor = kind(name, context, page, self.url, self.folder)
        actor.watch(page)
        self.actors.append(actor)
        return actor

    def leave(self, failed: bool) -> list[str]:
        """Close every context; what a failed test showed last is kept. Returns the faults of all pages."""
        for number, actor in enumerate(self.actors):
            if failed and not actor.page.is_closed():
                actor.keep_last(f"failed-{number}-{actor.name}")
            actor.context.close()
        return [fault for actor in self.actors for fault in actor.faults]
