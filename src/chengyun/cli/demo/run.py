"""`chengyun demo`: set the city up on first start, then run everything under one supervisor."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace

from chengyun.cli.demo.broker import own_broker
from chengyun.cli.demo.seed import seed
from chengyun.cli.launch import address, keep_alive, say, supervise, wait_healthy
from chengyun.cli.runtime import installation, migrate
from chengyun.kernel.postgres import Embedded
from chengyun.kernel.settings import Settings

PACE = "2.5"  # simulated reports per minute: more than a city has, so that there is something to see
MQTT = "燃气与消防设备经网关由 MQTT 上报（模拟），其余经 HTTP  gas and fire detectors send by MQTT, the rest by HTTP"
NO_MQTT = "没有 Mosquitto：设备读数全部经 HTTP 上报（模拟）  without Mosquitto all readings go by HTTP"
ACCOUNTS = (
    ("jiulongpo-duty", "九龙坡区治理中心 值班员 (duty officer, district)"),
    ("shiqiaopu-duty", "石桥铺街道治理中心 值班员 (duty officer, town)"),
    ("banan-duty", "巴南区治理中心 值班员"),
    ("jlp-cg", "九龙坡区城市管理局 (department)"),
    ("shiqiaopu-enforcement", "石桥铺街道综合执法大队 (enforcement)"),
    ("zhaiziping", "寨子坪社区居委会 (community)"),
    ("zhaiziping-grid", "寨子坪社区 网格员 (grid worker, phone)"),
    ("hotline", "12345 话务员 (hotline desk)"),
    ("admin", "系统管理员 (administrator)"),
)


def run_demo(settings: Settings, port: int | None, host: str | None, tls: bool, reset: bool) -> None:
    """Set up when needed, run until Ctrl-C."""
    settings = replace(settings, demo=True)
    if reset:
        throw_away(settings)
    at = address(settings, port, host, tls)
    settings, broker = own_broker(settings)
    started = time.monotonic()
    with installation(settings) as where:
        migrate(where)
        seed(where, say)
        supervisor = supervise(where, at)
        if broker is not None:
            supervisor.children.append(broker)
        say(MQTT if settings.mqtt_url else NO_MQTT)
        supervisor.add("simulator", "simulate", "--url", at.url, "--pace", PACE)
        supervisor.add("things", "feel", "--url", at.url)
        supervisor.listen()
        supervisor.start()
        try:
            wait_healthy(at, supervisor)
            if not supervisor.stopping.is_set():
                greet(at.url, time.monotonic() - started)
            keep_alive(where, supervisor)
        finally:
            supervisor.stop()


def throw_away(settings: Settings) -> None:
    """Stop the demo's own database server and delete its data."""
    if settings.database_url:
        say("CHENGYUN_DATABASE_URL 已设置：演示数据在你的服务器上，不会被删除。")
        say("CHENGYUN_DATABASE_URL is set: the data is on your server and is left alone.")
        return
    server = Embedded(settings.home, user=settings.postgres_user)
    server.stop()
    server.destroy()
    shutil.rmtree(settings.home, ignore_errors=True)


def greet(url: str, seconds: float) -> None:
    """The address, the phone's address and the accounts."""
    say("")
    say(f"城运演示已就绪（{seconds:.0f} 秒）  The demo is ready.")
    say(f"  控制台 console   {url}/")
    say(f"  手机端 phone     {url}/m/")
    say(f"  大屏 wall        {url}/wall")
    say("  账号 accounts（密码 password: chengyun）")
    for login, who in ACCOUNTS:
        say(f"    {login:<24}{who}")
    say(
        "  居民 residents: 手机端任意手机号，验证码会显示在屏幕上（模拟） any phone number; the code is shown"
    )
    say("  Ctrl-C 停止 stop")
