"""Where webhooks may go: resolved, checked, and connected to the very address that was checked.

Without this, whoever may create a subscription could reach what stands behind the installation's walls. Redirects
are not followed and proxies of the environment are not used, for the same reason.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
PORTS = {"http": 80, "https": 443}
_CARRIES_V4 = (ip_network("64:ff9b::/96"), ip_network("2002::/16"))  # NAT64, 6to4: an IPv4 address inside


class Refused(Exception):
    """The address is not one that webhooks may go to; `code` names the message."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address and what to ask it for."""

    scheme: str
    host: str
    port: int
    path: str
    address: str


def networks(listed: str) -> list[Network]:
    """The setting as networks."""
    return [ip_network(part.strip()) for part in listed.split(",") if part.strip()]


def check_url(url: str) -> str | None:
    """The message code of what is wrong with the form of a URL, or None."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  raises for a port that is none
    except ValueError:
        return "exchange.url"
    plain = url.isascii() and url.isprintable() and " " not in url
    named = bool(parts.hostname) and parts.username is None and parts.password is None
    return None if plain and named and parts.scheme in PORTS and not parts.fragment else "exchange.url"


def resolve(url: str, allowed: Sequence[Network]) -> Target:
    """The target of a URL, resolved now. Raises Refused, also where only one of several addresses is private."""
    if check_url(url) is not None:
        raise Refused("exchange.url")
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or PORTS[parts.scheme]
    found = [ip_address(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    private = [address for address in found if not _public(address)]
    if any(not _within(address, allowed) for address in private):
        raise Refused("exchange.host_refused")
    if parts.scheme == "http" and not private:
        raise Refused("exchange.plain_http")
    return Target(parts.scheme, host, port, _path(parts), str(found[0]))


def _path(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _within(address: Address, allowed: Sequence[Network]) -> bool:
    return any(address in network for network in allowed)


def _public(address: Address) -> bool:
    """Reachable by everybody: not loopback, private, link-local, shared, multicast or reserved."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return _public(address.ipv4_mapped)
        if any(address in network for network in _CARRIES_V4):
            return False
    return address.is_global and not address.is_multicast
