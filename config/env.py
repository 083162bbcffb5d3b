"""The environment, read once and typed. No other module reads os.environ."""

import os
import re
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dj_database_url
import dj_email_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError

from imports import time_zones

BASE_DIR = Path(__file__).resolve().parent.parent
CONNECT_SECONDS = 10  # a database that says nothing is away
MAIL_SECONDS = 10  # a worker waits for the mail server
ORIGIN = r"https?://[a-z0-9.-]+(:\d+)?|https?://\[[0-9a-f:]+\](:\d+)?"
LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]


@dataclass(frozen=True, kw_only=True)
class Rate:
    """At most `count` requests in any `seconds` seconds."""

    count: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Environment:
    debug: bool
    production: bool
    insecure_http: bool
    data_dir: Path
    static_root: Path
    secret_key: str = field(repr=False)
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    cors_allowed_origins: list[str]
    site_url: str
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    time_zone: str
    mail: dict[str, Any] = field(repr=False)
    host: str
    port: int
    tmdb_token: str = field(repr=False)
    tmdb_base_url: str
    tmdb_image_url: str
    tmdb_rate: Rate
    tmdb_refresh_days: int
    warm_catalogue: bool
    letterboxd_ttl_days: int
    account_ttl_days: int | None
    prime_ttl_minutes: int
    max_upload_mb: int
    uploads_per_hour: int
    proxy_count: int


def read() -> Environment:
    """Read every setting. A bad value raises ImproperlyConfigured and names its variable."""
    env = Env()
    try:
        return _read(env)
    except EnvError as exc:
        raise ImproperlyConfigured(str(exc)) from exc


def database(env: Environment) -> dict[str, Any]:
    """Django's settings for DATABASE_URL, with the options that docs/adr/0002 measured."""
    try:
        config: dict[str, Any] = dict(dj_database_url.parse(env.database_url))
    except ValueError as exc:
        raise ImproperlyConfigured(f"DATABASE_URL can't be read: {exc}") from exc
    engine = config["ENGINE"].rsplit(".", 1)[-1]
    if engine == "sqlite3":
        # kept open: a new connection costs more than a poll
        return config | {"CONN_MAX_AGE": 600, "OPTIONS": SQLITE_OPTIONS | config.get("OPTIONS", {})}
    if engine == "postgresql":
        # never "pool": qcluster forks, and a pool's sockets would cross the fork
        options = {"connect_timeout": CONNECT_SECONDS} | config.get("OPTIONS", {})
        return config | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}
    raise ImproperlyConfigured("DATABASE_URL must start with sqlite:// or postgres://")


SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA journal_size_limit=27103364;",
}


def _read(env: Env) -> Environment:
    mode = (
        env.bool("DEBUG", None) if env.str("DEBUG", "") else None
    )  # unset: a local run; false: production; true: development
    production = mode is False
    allowed_hosts = _allowed_hosts(env, production)
    data_dir = Path(env.str("DATA_DIR", "") or BASE_DIR / "var").resolve()
    make_folder("DATA_DIR", data_dir, mode=0o700)
    return Environment(
        debug=bool(mode),
        production=production,
        insecure_http=env.bool("INSECURE_HTTP", False),
        data_dir=data_dir,
        static_root=Path(env.str("STATIC_ROOT", "") or data_dir / "static").resolve(),
        secret_key=_secret_key(env, production, data_dir),
        allowed_hosts=allowed_hosts,
        csrf_trusted_origins=env.list("CSRF_TRUSTED_ORIGINS", []),
        cors_allowed_origins=_origins(env, "CORS_ALLOWED_ORIGINS"),
        site_url=_site_url(env, allowed_hosts if production else []),
        database_url=env.str("DATABASE_URL", "") or f"sqlite:///{data_dir / 'reelkeeper.sqlite3'}",
        redis_url=env.str("REDIS_URL", ""),
        time_zone=_time_zone(env),
        mail=_mail(env, production),
        host=env.str("HOST", "") or "127.0.0.1",
        port=_above_zero(env, "PORT", 8000, most=65_535),
        tmdb_token=env.str("TMDB_TOKEN", "").strip(),
        tmdb_base_url=_address(env, "TMDB_BASE_URL", "https://api.themoviedb.org/3"),
        tmdb_image_url=_address(env, "TMDB_IMAGE_URL", "https://image.tmdb.org/t/p"),
        tmdb_rate=_rate(env),
        tmdb_refresh_days=_above_zero(env, "TMDB_REFRESH_DAYS", 150, most=180),
        warm_catalogue=env.bool("WARM_CATALOGUE", True),
        letterboxd_ttl_days=_above_zero(env, "LETTERBOXD_TTL_DAYS", 30),
        account_ttl_days=_above_zero(env, "ACCOUNT_TTL_DAYS", 0) or None,
        prime_ttl_minutes=_above_zero(env, "PRIME_TTL_MINUTES", 30),
        max_upload_mb=_above_zero(env, "MAX_UPLOAD_MB", 50),
        uploads_per_hour=_above_zero(env, "UPLOADS_PER_HOUR", 60, most=1_000_000),
        proxy_count=_above_zero(env, "PROXY_COUNT", 0, most=10),
    )


def make_folder(name: str, path: Path, mode: int = 0o777) -> None:
    try:
        path.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as exc:
        raise ImproperlyConfigured(f"{name} {path} can't be made: {exc.strerror}") from exc


def _secret_key(env: Env, production: bool, data_dir: Path) -> str:
    if key := env.str("SECRET_KEY", ""):
        return str(key)
    if production:
        raise ImproperlyConfigured(
            "SECRET_KEY must be set when DEBUG=false. Make one with: "
            "python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    kept = data_dir / "secret_key"
    try:
        if not kept.exists():
            _keep_key(kept)
    except OSError as exc:
        raise ImproperlyConfigured(f"DATA_DIR {data_dir} can't be written: {exc.strerror}") from exc
    return kept.read_text(encoding="ascii")


def _keep_key(kept: Path) -> None:
    """Whole or not at all, and of two processes that start at once, one's."""
    with tempfile.NamedTemporaryFile("w", encoding="ascii", dir=kept.parent, prefix=".secret_key.") as file:  # 0600
        file.write(secrets.token_urlsafe(50))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, kept)


def _allowed_hosts(env: Env, production: bool) -> list[str]:
    hosts: list[str] = env.list("ALLOWED_HOSTS", [])
    if production and not hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name this site's hosts when DEBUG=false, e.g. films.example.org")
    return hosts or LOOPBACK


def _site_url(env: Env, hosts: list[str]) -> str:
    """Where letters lead. Of production with one host it is known; with more of them, SITE_URL must say it."""
    value: str = env.str("SITE_URL", "").rstrip("/")
    if value and not re.fullmatch(ORIGIN, value):
        raise ImproperlyConfigured(f"SITE_URL must be an origin like https://films.example.org, not {value!r}")
    is_known = len(hosts) == 1 and not hosts[0].startswith((".", "*")) and not env.bool("INSECURE_HTTP", False)
    return value or (f"https://{hosts[0]}" if is_known else "")


def _time_zone(env: Env) -> str:
    name: str = env.str("TIME_ZONE", "") or "UTC"
    if not time_zones.is_known(name):
        raise ImproperlyConfigured(f"TIME_ZONE must be a name like Europe/Lisbon, not {name!r}")
    return name


def _mail(env: Env, production: bool) -> dict[str, Any]:
    """Django's e-mail settings for EMAIL_URL. Unset, a local run prints its mail, production has a mail server."""
    address = env.str("EMAIL_URL", "") or ("smtp://localhost:25" if production else "console:")
    try:
        mail: dict[str, Any] = dj_email_url.parse(address)
    except ValueError as exc:
        raise ImproperlyConfigured(f"EMAIL_URL can't be read: {exc}") from exc
    if "EMAIL_BACKEND" not in mail:
        raise ImproperlyConfigured("EMAIL_URL must be like submission://name:password@mail.example.org, or console:")
    return mail | {"EMAIL_TIMEOUT": mail["EMAIL_TIMEOUT"] or MAIL_SECONDS}


def _above_zero(env: Env, name: str, default: int, *, most: int = 36_500) -> int:
    value: int = env.int(name, default)
    if value != default and not 0 < value <= most:
        raise ImproperlyConfigured(f"{name} must be above zero and at most {most}, not {value}")
    return value


def _address(env: Env, name: str, default: str) -> str:
    value: str = env.str(name, "") or default
    if not re.fullmatch(r"https?://[^/\s]+(/\S*)?", value):
        raise ImproperlyConfigured(f"{name} must be an http or https address, not {value!r}")
    return value.rstrip("/")


def _origins(env: Env, name: str) -> list[str]:
    given: list[str] = env.list(name, [])
    origins = [origin.strip() for origin in given]
    for origin in origins:
        if not re.fullmatch(ORIGIN, origin):
            raise ImproperlyConfigured(f"{name} must be origins like https://films.example.org, not {origin!r}")
    return origins


def _rate(env: Env) -> Rate:
    raw: str = env.str("TMDB_RATE", "20/1")
    rate = re.fullmatch(r"(\d+)/(\d+(?:\.\d+)?)", raw.strip())
    if not rate or int(rate[1]) == 0 or float(rate[2]) == 0:
        raise ImproperlyConfigured(f"TMDB_RATE must be requests per seconds, like 20/1 or 40/10, not {raw!r}")
    return Rate(count=int(rate[1]), seconds=float(rate[2]))
