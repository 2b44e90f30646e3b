"""The gate: every setting, read once from the environment (or the running house's house.env) into one frozen object."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Settings:
    """One field per environment variable of the same name in capitals; see the table in README.md."""

    database_url: str = ""
    redis_url: str = ""
    data_dir: str = "instance"
    seed_dir: str = "ntbcare/seed/ntb"
    public_url: str = "http://127.0.0.1:8000"
    ntbcare_env: str = "production"
    secret_key: str = ""
    pin_key: str = ""
    sms_number: str = ""
    telegram_bot: str = ""
    poll_after_minutes: str = "1440"
    trusted_proxies: str = "0"
    twilio_account_sid: str = ""
    twilio_auth_token: str = ""
    twilio_from: str = ""
    twilio_api_url: str = ""
    telegram_token: str = ""
    telegram_secret: str = ""
    telegram_api_url: str = ""
    kannel_url: str = ""
    kannel_user: str = ""
    kannel_password: str = ""
    kannel_secret: str = ""
    kannel_from: str = ""
    gammu_database_url: str = ""
    meta_app_secret: str = ""
    meta_verify_token: str = ""
    meta_token: str = ""
    meta_api_url: str = ""
    meta_page_id: str = ""
    instagram_id: str = ""
    whatsapp_number_id: str = ""
    whatsapp_template: str = ""
    x_api_key: str = ""
    x_api_secret: str = ""
    x_access_token: str = ""
    x_access_secret: str = ""
    x_user_id: str = ""
    x_watched: str = ""
    x_api_url: str = ""
    email_address: str = ""
    imap_url: str = ""
    smtp_url: str = ""
    email_authserv_id: str = ""

    @property
    def development(self) -> bool:
        """Console stand-ins and demo sign-ins are allowed only here."""
        return self.ntbcare_env == "development"

    @property
    def data_path(self) -> Path:
        """Where files are kept."""
        return (ROOT / self.data_dir).resolve()

    def problems(self) -> list[str]:
        """Everything that is missing or half-configured, all at once, each with the name of the variable."""
        found = [f"{name.upper()} is not set" for name in ("database_url", "redis_url", "secret_key", "pin_key") if not getattr(self, name)]
        if self.database_url and not self.database_url.startswith(("postgresql:", "postgresql+psycopg:", "postgres:")):
            found.append("DATABASE_URL must name a PostgreSQL server (postgresql://…): there is one engine only")
        if self.redis_url and not self.redis_url.startswith(("redis://", "rediss://", "unix://")):
            found.append("REDIS_URL must start with redis://, rediss:// or unix://")
        if self.ntbcare_env not in ("production", "development"):
            found.append("NTBCARE_ENV must be production or development")
        if not self.public_url.startswith(("http://", "https://")):
            found.append("PUBLIC_URL must be the address citizens and providers call, with http:// or https://")
        elif not self.development and not self.public_url.startswith("https://"):
            found.append("PUBLIC_URL must be https:// in production")
        found += [
            f"{name.upper()} must be a whole number"
            for name in ("poll_after_minutes", "trusted_proxies")
            if not getattr(self, name).isdigit()
        ]
        if not self.development:
            found += [
                f"{name.upper()} is too short (32 letters at least)"
                for name in ("secret_key", "pin_key")
                if 0 < len(getattr(self, name)) < 32
            ]
        return found


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `environment` (default: the process's), falling back on what the running house wrote to house.env."""
    given = dict(os.environ if environment is None else environment)
    data_dir = given.get("DATA_DIR") or Settings.__dataclass_fields__["data_dir"].default
    known = {field.name: field.name.upper() for field in fields(Settings)}
    fallback = _house_env(ROOT / str(data_dir) / "house.env")
    values = {name: given.get(variable) or fallback.get(variable) or "" for name, variable in known.items()}
    if not values["public_url"] and given.get("PORT"):
        values["public_url"] = f"http://127.0.0.1:{given['PORT']}"
    values["database_url"] = _psycopg(values["database_url"])
    values["public_url"] = values["public_url"].rstrip("/")
    return Settings(**{name: value for name, value in values.items() if value})


def _psycopg(url: str) -> str:
    """Addresses as hosting providers print them (postgres://) name the same driver."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url[len(prefix) :]
    return url


def _house_env(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def demo_sign_ins(settings: Settings) -> list[tuple[str, str, str]] | None:
    """(role, e-mail, password) of the demo accounts, in development only: made by `prepare`, printed by `make run`."""
    if not settings.development:
        return None
    try:
        lines = (settings.data_path / "demo.txt").read_text().splitlines()
    except OSError:
        return None
    return [(role, email, password) for role, email, password in (line.split("\t") for line in lines if line)]
