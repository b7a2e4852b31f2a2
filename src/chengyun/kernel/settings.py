"""Settings from the environment: few, each with a default that works."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, get_type_hints
from urllib.parse import urlsplit

from chengyun.kernel.errors import FieldError, Invalid, Unavailable

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off", ""}


@dataclass(frozen=True, slots=True)
class Key:
    """What a setting means, in one sentence; a secret one is never shown."""

    meaning: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Settings:
    """Every key that the product reads: field `x_y` is the variable `CHENGYUN_X_Y`."""

    home: Annotated[
        Path, Key("Folder for everything this installation keeps: database, attachments, secrets, logs.")
    ] = Path(".chengyun")
    database_url: Annotated[
        str,
        Key("Application role on your own PostgreSQL ≥ 16; empty: the embedded one is started.", secret=True),
    ] = ""
    owner_database_url: Annotated[
        str, Key("Owner role on the same database; needed for migrations only.", secret=True)
    ] = ""
    database_pool: Annotated[int, Key("Connections per process.")] = 10
    postgres_user: Annotated[
        str, Key("System account that runs the embedded PostgreSQL when started by root.")
    ] = "nobody"
    demo: Annotated[
        bool, Key("Demo mode: demo accounts, simulator, movable clock. Never on a real installation.")
    ] = False
    host: Annotated[str, Key("Address that the web process listens on.")] = "127.0.0.1"
    port: Annotated[int, Key("Port that the web process listens on.")] = 8000
    public_url: Annotated[str, Key("Address that people type; used in links and for cookies.")] = ""
    trusted_proxies: Annotated[
        str, Key("Addresses of reverse proxies whose X-Forwarded-For is believed, comma-separated.")
    ] = ""
    tls_cert: Annotated[
        str, Key("Certificate chain (PEM); with the key below the web process speaks HTTPS.")
    ] = ""
    tls_key: Annotated[str, Key("Private key (PEM) of that certificate.")] = ""
    secret_file: Annotated[
        str, Key("File with the installation's secret key; empty: made in the home on first start.")
    ] = ""
    second_factor_roles: Annotated[
        str,
        Key("Roles whose holders must set up a second factor (TOTP), comma-separated; empty: nobody must."),
    ] = ""
    oidc_file: Annotated[
        str,
        Key("JSON file with the OpenID Connect providers for signing in; see docs/howto/sign-in-by-oidc.md."),
    ] = ""
    upload_max_mb: Annotated[int, Key("Largest attachment, in megabytes.")] = 50
    s3_endpoint: Annotated[str, Key("S3-compatible storage for attachments; empty: the home.")] = ""
    s3_bucket: Annotated[str, Key("Bucket for attachments.")] = "chengyun"
    s3_access_key: Annotated[str, Key("S3 access key.", secret=True)] = ""
    s3_secret_key: Annotated[str, Key("S3 secret key.", secret=True)] = ""
    s3_region: Annotated[str, Key("S3 region; empty for servers that have none.")] = ""
    backup_dir: Annotated[
        str,
        Key("Folder for backups, best on another disk; the embedded database also keeps its log there."),
    ] = ""
    witnesses: Annotated[
        str,
        Key(
            "Other centres that keep our audit heads: their address and the token that they gave us, separated by a"
            " blank; several separated by commas.",
            secret=True,
        ),
    ] = ""
    rules_second_person: Annotated[
        bool, Key("A version of the rules made on screen counts only once a second person has approved it.")
    ] = False
    face_model: Annotated[
        str,
        Key(
            "File of the face detector YuNet (ONNX) for proposals before blurring."
            " Without it the cascades of OpenCV look for faces and miss more."
        ),
    ] = ""
    mqtt_url: Annotated[
        str, Key("MQTT broker that readings come from: mqtt://host:1883, or mqtts:// for TLS; empty: none.")
    ] = ""
    mqtt_user: Annotated[str, Key("User at the MQTT broker.")] = ""
    mqtt_password: Annotated[str, Key("Password at the MQTT broker.", secret=True)] = ""
    mqtt_ca: Annotated[
        str, Key("Certificate authority (PEM) of the MQTT broker; empty: those of the system.")
    ] = ""
    mqtt_client: Annotated[
        str, Key("Client id at the MQTT broker, under which it keeps what comes while we are away.")
    ] = "chengyun"
    mqtt_version: Annotated[str, Key("Version of MQTT to speak: 5 or 3.1.1.")] = "5"
    readings_days: Annotated[
        int, Key("Days that raw readings stay in the database; then they are Parquet in the home.")
    ] = 30
    webhook_networks: Annotated[
        str, Key("Private networks that webhooks may go to, as CIDR, comma-separated; empty: none.")
    ] = ""
    tile_url: Annotated[str, Key("Own base map: a raster tile address with {z}/{x}/{y}.")] = ""
    tianditu_key: Annotated[str, Key("Key for 天地图 base maps.", secret=True)] = ""
    language: Annotated[str, Key("Language of people who chose none: zh or en.")] = "zh"
    log: Annotated[str, Key("Level of the log: debug, info, warning, error.")] = "info"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment. Raises Invalid("settings.invalid") listing every wrong key."""
        env = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        wrong: list[FieldError] = []
        for item in fields(cls):
            name = variable(item.name)
            if name not in env:
                continue
            try:
                values[item.name] = _parse(env[name].strip(), item.default)
            except ValueError:
                code = f"settings.not_{type(item.default).__name__}"
                wrong.append(FieldError(name, code, {"value": env[name]}))
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
                shown[variable(item.name)] = str(int(value)) if isinstance(value, bool) else str(value)
        return shown

    def require_database_url(self) -> str:
        """The application role's address; raises Unavailable("database.not_set") when there is none."""
        if not self.database_url:
            raise Unavailable("database.not_set")
        return self.database_url

    def __repr__(self) -> str:
        """Secrets stay out of logs."""
        shown = [
            f"{item.name}={'***' if keys()[item.name].secret and getattr(self, item.name) else value!r}"
            for item in fields(self)
            if (value := getattr(self, item.name)) != item.default
        ]
        return f"Settings({', '.join(shown)})"


def variable(name: str) -> str:
    """The environment variable of the field `name`."""
    return f"CHENGYUN_{name.upper()}"


@cache
def keys() -> dict[str, Key]:
    """The meaning of each field of Settings."""
    hints = get_type_hints(Settings, include_extras=True)
    return {item.name: hints[item.name].__metadata__[0] for item in fields(Settings)}


def _parse(value: str, default: Any) -> Any:
    if isinstance(default, bool):
        if value.lower() not in _TRUE | _FALSE:
            raise ValueError(value)
        return value.lower() in _TRUE
    if isinstance(default, int):
        return int(value)
    return Path(value).expanduser() if isinstance(default, Path) else value


def _between(name: str, value: int, low: int, high: int) -> Iterator[FieldError]:
    if not low <= value <= high:
        yield FieldError(name, "settings.range", {"low": low, "high": high})


def _among(name: str, value: str, choices: tuple[str, ...]) -> Iterator[FieldError]:
    if value not in choices:
        yield FieldError(name, "settings.choice", {"choices": ", ".join(choices)})


def _networks(name: str, listed: str) -> Iterator[FieldError]:
    for part in filter(None, (part.strip() for part in listed.split(","))):
        try:
            ip_network(part)
        except ValueError:
            yield FieldError(name, "settings.not_network", {"value": part})


def _broker(name: str, url: str) -> Iterator[FieldError]:
    if url and (urlsplit(url).scheme not in ("mqtt", "mqtts") or not urlsplit(url).hostname):
        yield FieldError(name, "settings.not_broker", {"value": url})


def _checks(settings: Settings) -> list[FieldError]:
    wrong = [
        *_between("CHENGYUN_PORT", settings.port, 1, 65535),
        *_between("CHENGYUN_DATABASE_POOL", settings.database_pool, 1, 500),
        *_between("CHENGYUN_UPLOAD_MAX_MB", settings.upload_max_mb, 1, 4096),
        *_between("CHENGYUN_READINGS_DAYS", settings.readings_days, 2, 3650),
        *_among("CHENGYUN_MQTT_VERSION", settings.mqtt_version, ("5", "3.1.1")),
        *_broker("CHENGYUN_MQTT_URL", settings.mqtt_url),
        *_among("CHENGYUN_LANGUAGE", settings.language, ("zh", "en")),
        *_among("CHENGYUN_LOG", settings.log, ("debug", "info", "warning", "error")),
    ]
    wrong += _networks("CHENGYUN_WEBHOOK_NETWORKS", settings.webhook_networks)
    if bool(settings.tls_cert) != bool(settings.tls_key):
        wrong.append(FieldError("CHENGYUN_TLS_KEY", "settings.together", {"other": "CHENGYUN_TLS_CERT"}))
    return wrong


def reference() -> str:
    """The text of docs/reference/settings.md."""
    lines = [
        "# Settings",
        "",
        "Environment variables. This page is written by `chengyun.kernel.settings.reference()`; a test keeps it",
        "current. A wrong value stops the start with one message that lists every wrong key.",
        "",
        "| key | default | meaning |",
        "|---|---|---|",
    ]
    for item in fields(Settings):
        default = "" if item.default in ("", False) else f"`{item.default}`"
        key = keys()[item.name]
        secret = " (secret)" if key.secret else ""
        lines.append(f"| `{variable(item.name)}` | {default} | {key.meaning}{secret} |")
    return "\n".join(lines) + "\n"
