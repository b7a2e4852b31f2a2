"""A broker of the demo's own, where Mosquitto is installed: some gateways of the simulated things speak MQTT to it."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import shutil
from dataclasses import replace
from pathlib import Path

from chengyun.cli.launch import listen_on
from chengyun.cli.supervisor import Child
from chengyun.kernel.settings import Settings

USER = "chengyun"
FIRST_PORT, TRIES = 18_830, 40
ITERATIONS = 101  # of Mosquitto's own password files; the password is 192 random bits
CONFIG = """\
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder}/passwords
persistence true
persistence_location {folder}/
max_queued_messages 0
set_tcp_nodelay true
log_dest file {folder}/mosquitto.log
"""


def own_broker(settings: Settings) -> tuple[Settings, Child | None]:
    """Settings that name the demo's broker and the process that is it; as they were where there is no Mosquitto, or
    somebody has named a broker already."""
    program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
    port = _port()
    if settings.mqtt_url or program is None or port is None:
        return settings, None
    folder, password = settings.home / "broker", secrets.token_urlsafe(24)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(folder / "passwords", f"{USER}:{_hashed(password)}\n")
    config = CONFIG.format(port=port, folder=folder.resolve())
    if os.geteuid() == 0:  # else it would become somebody who may not read the folder
        config += "user root\n"
    _write(folder / "mosquitto.conf", config)
    named = replace(settings, mqtt_url=f"mqtt://127.0.0.1:{port}", mqtt_user=USER, mqtt_password=password)
    return named, Child("broker", [program, "-c", str(folder / "mosquitto.conf")])


def _port() -> int | None:
    for port in range(FIRST_PORT, FIRST_PORT + TRIES):
        listener = listen_on("127.0.0.1", port)
        if listener is not None:
            listener.close()
            return port
    return None


def _hashed(password: str) -> str:
    """As mosquitto_passwd writes it."""
    salt = secrets.token_bytes(12)
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    told = (base64.b64encode(part).decode() for part in (salt, made))
    return f"$7${ITERATIONS}${'$'.join(told)}"


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
