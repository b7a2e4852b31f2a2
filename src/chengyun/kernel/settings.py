"""Settings from the environment: few, each with a default that works."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from dataclasses import field as dataclass_field
from pathlib import Path
from typing import Any

from chengyun.kernel.errors import FieldError, Invalid, Unavailable

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


def _key(name: str, meaning: str, default: Any = "", secret: bool = False) -> Any:
    return dataclass_field(
        default=default, metadata={"name": f"CHENGYUN_{name}", "meaning": meaning, "secret": secret}
    )


@dataclass(frozen=True)
class Settings:
    """Every key that the product reads. `from_env` reports all wrong ones at once."""

    home: Path = _key(
        "HOME",
        "Folder for everything this installation keeps: database, attachments, secrets, logs.",
        Path(".chengyun"),
    )
    database_url: str = _key(
        "DATABASE_URL",
        "Application role on your own PostgreSQL ≥ 16; empty: the embedded one is started.",
        secret=True,
    )
    owner_database_url: str = _key(
        "OWNER_DATABASE_URL", "Owner role on the same database; needed for migrations only.", secret=True
    )
    database_pool: int = _key("DATABASE_POOL", "Connections per process.", 10)
    postgres_user: str = _key(
        "POSTGRES_USER", "System account that runs the embedded PostgreSQL when started as root.", "nobody"
    )
    demo: bool = _key(
        "DEMO", "Demo mode: demo accounts, simulator, movable clock. Never on a real one.", False
    )
    host: str = _key("HOST", "Address that the web process listens on.", "127.0.0.1")
    port: int = _key("PORT", "Port that the web process listens on.", 8000)
    public_url: str = _key("PUBLIC_URL", "Address that people type; used in links and for cookies.")
    trusted_proxies: str = _key(
        "TRUSTED_PROXIES", "Addresses of reverse proxies whose X-Forwarded-For is believed, comma-separated."
    )
    tls_cert: str = _key("TLS_CERT", "Certificate chain (PEM); with TLS_KEY the web process speaks HTTPS.")
    tls_key: str = _key("TLS_KEY", "Private key (PEM) for TLS_CERT.")
    secret_file: str = _key(
        "SECRET_FILE", "File with the installation's secret key; empty: made in the home on first start."
    )
    upload_max_mb: int = _key("UPLOAD_MAX_MB", "Largest attachment, in megabytes.", 50)
    s3_endpoint: str = _key("S3_ENDPOINT", "S3-compatible storage for attachments; empty: the home.")
    s3_bucket: str = _key("S3_BUCKET", "Bucket for attachments.", "chengyun")
    s3_access_key: str = _key("S3_ACCESS_KEY", "S3 access key.", secret=True)
    s3_secret_key: str = _key("S3_SECRET_KEY", "S3 secret key.", secret=True)
    s3_region: str = _key("S3_REGION", "S3 region; empty for servers that have none.")
    tile_url: str = _key("TILE_URL", "Own base map: a raster tile address with {z}/{x}/{y}.")
    tianditu_key: str = _key("TIANDITU_KEY", "Key for 天地图 base maps.", secret=True)
    language: str = _key("LANGUAGE", "Language of people who chose none: zh or en.", "zh")
    log: str = _key("LOG", "Level of the log: debug, info, warning, error.", "info")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment. Raises Invalid("settings.invalid") listing every wrong key."""
        env = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        wrong: list[FieldError] = []
        for item in fields(cls):
            name = item.metadata["name"]
            if name not in env:
                continue
            try:
                values[item.name] = _parse(env[name].strip(), item.default)
            except ValueError:
                kind = type(item.default).__name__
                wrong.append(FieldError(name, f"settings.not_{kind}", {"value": env[name]}))
        settings = cls(**values)
        wrong += _checks(settings)
        if wrong:
            raise Invalid(wrong, "settings.invalid", keys=", ".join(error.path for error in wrong))
        return settings

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for child processes; defaults are left out."""
        shown = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value != item.default:
                shown[item.metadata["name"]] = str(int(value)) if isinstance(value, bool) else str(value)
        return shown

    def require_database_url(self) -> str:
        """The application role's address; raises Unavailable("database.not_set") when there is none."""
        if not self.database_url:
            raise Unavailable("database.not_set")
        return self.database_url


def _parse(value: str, default: Any) -> Any:
    if isinstance(default, bool):
        if value.lower() not in _TRUE | _FALSE:
            raise ValueError(value)
        return value.lower() in _TRUE
    if isinstance(default, int):
        return int(value)
    return Path(value).expanduser() if isinstance(default, Path) else value


def _checks(settings: Settings) -> list[FieldError]:
    def between(name: str, value: int, low: int, high: int) -> Iterator[FieldError]:
        if not low <= value <= high:
            yield FieldError(name, "settings.range", {"low": low, "high": high})

    def among(name: str, value: str, choices: tuple[str, ...]) -> Iterator[FieldError]:
        if value not in choices:
            yield FieldError(name, "settings.choice", {"choices": ", ".join(choices)})

    wrong = [
        *between("CHENGYUN_PORT", settings.port, 1, 65535),
        *between("CHENGYUN_DATABASE_POOL", settings.database_pool, 1, 500),
        *between("CHENGYUN_UPLOAD_MAX_MB", settings.upload_max_mb, 1, 4096),
        *among("CHENGYUN_LANGUAGE", settings.language, ("zh", "en")),
        *among("CHENGYUN_LOG", settings.log, ("debug", "info", "warning", "error")),
    ]
    if bool(settings.tls_cert) != bool(settings.tls_key):
        wrong.append(FieldError("CHENGYUN_TLS_KEY", "settings.together", {"other": "CHENGYUN_TLS_CERT"}))
    return wrong


def reference() -> str:
    """The text of docs/reference/settings.md."""
    lines = [
        "# Settings",
        "",
        "Environment variables. Written from `chengyun.kernel.settings`; a test keeps this page current.",
        "",
        "| key | default | meaning |",
        "|---|---|---|",
    ]
    for item in fields(Settings):
        default = "" if item.default in ("", False) else f"`{item.default}`"
        secret = " Secret." if item.metadata["secret"] else ""
        lines.append(f"| `{item.metadata['name']}` | {default} | {item.metadata['meaning']}{secret} |")
    return "\n".join(lines) + "\n"
