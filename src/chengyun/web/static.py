"""The built console: `/` is the console, `/m/` the phone; unknown paths below them are theirs to route."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

CHECKOUT = Path(__file__).resolve().parents[3]
DIST = CHECKOUT / "console" / "dist"
NOT_BUILT = "控制台尚未构建，请运行 make setup。\nThe console is not built yet: run make setup.\n"
FOREVER = "public, max-age=31536000, immutable"
SMALL_FORMS = {"br": ".br", "gzip": ".gz"}  # coding -> what the build adds to the name, the smaller first


def mount_console(app: FastAPI, dist: Path = DIST) -> None:
    """Serve files of `dist`; hashed assets are cached for ever, pages never."""

    def serve(path: str, request: Request) -> Response:
        if path == "api" or path.startswith("api/"):
            raise HTTPException(404)  # a misspelt call must not be answered with a page
        accepted = codings(request.headers.get("accept-encoding", ""))
        wanted = (dist / path).resolve()
        if path and wanted.is_relative_to(dist.resolve()) and wanted.is_file():
            return answer(wanted, FOREVER if path.startswith("assets/") else "no-cache", accepted)
        if path.startswith("assets/"):
            return PlainTextResponse("not found\n", status_code=404)
        page = dist / ("phone.html" if path == "m" or path.startswith("m/") else "index.html")
        if not page.is_file():
            return PlainTextResponse(NOT_BUILT, status_code=503)
        return answer(page, "no-cache", accepted)

    app.add_api_route("/{path:path}", serve, methods=["GET"], include_in_schema=False)


def codings(header: str) -> set[str]:
    """The content codings that an Accept-Encoding header names and does not forbid."""
    offers = (offer.partition(";") for offer in header.lower().split(","))
    return {name.strip() for name, _, weight in offers if weight.replace(" ", "") not in ("q=0", "q=0.0")}


def answer(file: Path, caching: str, accepted: set[str]) -> Response:
    """A file, in the smallest form that the build made of it and the client reads."""
    kind = mimetypes.guess_type(file.name)[0]
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
    for coding, suffix in SMALL_FORMS.items():
        small = file.with_name(file.name + suffix)
        if coding in accepted and small.is_file() and small.stat().st_mtime >= file.stat().st_mtime:
            return FileResponse(small, media_type=kind, headers=headers | {"Content-Encoding": coding})
    return FileResponse(file, media_type=kind, headers=headers)
