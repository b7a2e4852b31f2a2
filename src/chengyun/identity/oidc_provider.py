"""OpenID Connect providers: their settings, discovery, the exchange of a code and the proof of an id_token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chengyun.kernel.errors import FieldError as Wrong
from chengyun.kernel.errors import Invalid, NotFound, Unauthenticated, Unavailable

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # signatures only: never "none", never a shared secret
LEEWAY = 60  # seconds that clocks may differ
KEPT = 3600.0  # seconds that discovery and keys are believed
TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider of the settings file.

    `login_claim` names the claim that is a person's login here; "" links by an administrator only. `create`: a person
    whom nobody knows is made, without a post. `trusts_factor`: the provider asks for a second factor itself.
    """

    key: str
    name_zh: str
    name_en: str
    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    scopes: str
    login_claim: str
    create: bool
    trusts_factor: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What a valid id_token says."""

    subject: str
    claims: Mapping[str, Any]
    raw: str


def providers(file: str) -> dict[str, Provider]:
    """The providers of the settings file, by key; none without a file. Raises Invalid that names what is wrong."""
    return _read(file, Path(file).stat().st_mtime_ns) if file else {}


@lru_cache(maxsize=4)
def _read(file: str, _changed: int) -> dict[str, Provider]:
    try:
        listed = json.loads(Path(file).read_text(encoding="utf-8"))
        found = [_provider(Path(file).parent, dict(one)) for one in listed]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise Invalid([Wrong("CHENGYUN_OIDC_FILE", "oidc.settings", {"why": str(error)})]) from error
    return {one.key: one for one in found}


def _provider(folder: Path, given: dict[str, Any]) -> Provider:
    issuer = str(given["issuer"]).rstrip("/")
    parts = urlsplit(issuer)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise ValueError(f"{issuer}: an issuer is reached by https")
    secret = given.get("client_secret_file", "")
    name = given.get("name") or {}
    return Provider(
        key=str(given["key"]),
        name_zh=name.get("zh", str(given["key"])),
        name_en=name.get("en", str(given["key"])),
        issuer=issuer,
        client_id=str(given["client_id"]),
        client_secret=(folder / secret).read_text(encoding="utf-8").strip() if secret else "",
        scopes=str(given.get("scopes", "openid profile")),
        login_claim=str(given.get("login_claim", "")),
        create=bool(given.get("create", False)),
        trusts_factor=bool(given.get("trusts_factor", False)),
    )


def provider(file: str, key: str) -> Provider:
    """One provider. Raises NotFound("oidc.unknown")."""
    found = providers(file).get(key)
    if found is None:
        raise NotFound("oidc.unknown")
    return found


_kept: dict[str, tuple[float, Any]] = {}


def metadata(issuer: str) -> dict[str, Any]:
    """The provider's own description, kept for an hour. Raises Unavailable("oidc.unreachable")."""
    found: dict[str, Any] = _cached(f"{issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != issuer:
        raise Unavailable("oidc.unreachable", issuer=issuer)
    return found


def _cached(url: str, *, older_than: float = KEPT) -> Any:
    at, found = _kept.get(url, (0.0, None))
    if found is None or time.monotonic() - at > older_than:
        found = _asked("GET", url)
        _kept[url] = (time.monotonic(), found)
    return found


def _asked(method: str, url: str, **more: Any) -> Any:
    """JSON from the provider; redirects are not followed. Raises Unavailable, Unauthenticated for a refusal."""
    try:
        answer = httpx.request(method, url, timeout=TIMEOUT, follow_redirects=False, **more)
        if 400 <= answer.status_code < 500 and method == "POST":
            raise Unauthenticated("oidc.refused")
        answer.raise_for_status()
        return answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable("oidc.unreachable", issuer=url) from error


def challenge(verifier: str) -> str:
    """PKCE, S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def authorization_url(one: Provider, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
    """Where the browser goes to sign in."""
    asked = {
        "response_type": "code", "client_id": one.client_id, "redirect_uri": redirect_uri, "scope": one.scopes,
        "state": state, "nonce": nonce, "code_challenge": challenge(verifier), "code_challenge_method": "S256",
    }  # fmt: skip
    return _with_query(metadata(one.issuer)["authorization_endpoint"], asked)


def logout_url(one: Provider, id_token: str, back_to: str) -> str | None:
    """Where the browser goes to sign out there too; None where the provider offers no such place."""
    endpoint = metadata(one.issuer).get("end_session_endpoint")
    asked = {"id_token_hint": id_token, "post_logout_redirect_uri": back_to, "client_id": one.client_id}
    return _with_query(endpoint, asked) if endpoint else None


def _with_query(url: str, asked: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(asked)}"


def redeem(one: Provider, code: str, redirect_uri: str, verifier: str, nonce: str) -> Proof:
    """Exchange a code and prove the id_token that comes for it. Raises Unauthenticated("oidc.refused")."""
    form = {
        "grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri,
        "client_id": one.client_id, "code_verifier": verifier,
    }  # fmt: skip
    described = metadata(one.issuer)
    methods = described.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    basic = bool(one.client_secret) and "client_secret_basic" in methods
    if one.client_secret and not basic:
        form["client_secret"] = one.client_secret
    auth = httpx.BasicAuth(one.client_id, one.client_secret) if basic else None
    answer = _asked("POST", described["token_endpoint"], data=form, auth=auth)
    return prove(one, str(answer.get("id_token", "")), nonce)


def prove(one: Provider, raw: str, nonce: str) -> Proof:
    """Signature, issuer, audience, times and nonce of an id_token; each must hold. Raises Unauthenticated."""
    try:
        claims = _signed(one, raw)
        registry = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": one.issuer},
            aud={"essential": True, "value": one.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True, "allow_blank": False},
            nonce={"essential": True},
        )
        registry.validate({**claims, "iss": str(claims.get("iss", "")).rstrip("/")})
    except (JoseError, ValueError) as error:
        raise Unauthenticated("oidc.refused") from error
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    foreign = claims.get("azp", None if several else one.client_id) != one.client_id
    if foreign or not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise Unauthenticated("oidc.refused")
    return Proof(str(claims["sub"]), claims, raw)


def _signed(one: Provider, raw: str) -> dict[str, Any]:
    """The claims under a key of the provider; keys are read again once when none fits (they may have been renewed)."""
    address = metadata(one.issuer)["jwks_uri"]
    try:
        return dict(
            jwt.decode(raw, KeySet.import_key_set(_cached(address)), algorithms=list(ALGORITHMS)).claims
        )
    except (JoseError, ValueError):
        renewed = KeySet.import_key_set(_cached(address, older_than=60.0))
        return dict(jwt.decode(raw, renewed, algorithms=list(ALGORITHMS)).claims)
