"""The built console: `/` is the console, `/m/` the phone; unknown paths below them are theirs to route."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException

CHECKOUT = Path(__file__).resolve().parents[3]
DIST = CHECKOUT / "console" / "dist"
NOT_BUILT = "控制台尚未构建，请运行 make setup。\nThe console is not built yet: run make setup.\n"


def mount_console(app: FastAPI, dist: Path = DIST) -> None:
    """Serve files of `dist`; hashed assets are cached for ever, pages never."""

    def page(name: str) -> Response:
        file = dist / name
        if not file.is_file():
            return PlainTextResponse(NOT_BUILT, status_code=503)
        return FileResponse(file, headers={"Cache-Control": "no-cache"})

    def serve(path: str) -> Response:
        if path == "api" or path.startswith("api/"):
            raise HTTPException(404)  # a misspelt call must not be answered with a page
        wanted = (dist / path).resolve()
        if path and wanted.is_relative_to(dist.resolve()) and wanted.is_file():
            forever = "public, max-age=31536000, immutable"
            caching = forever if path.startswith("assets/") else "no-cache"
            return FileResponse(wanted, headers={"Cache-Control": caching})
        if path.startswith("assets/"):
            return PlainTextResponse("not found\n", status_code=404)
        return page("phone.html" if path == "m" or path.startswith("m/") else "index.html")

    app.add_api_route("/{path:path}", serve, methods=["GET"], include_in_schema=False)
