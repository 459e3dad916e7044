"""The only reader of the environment. Every setting has a working default; every name begins with BRYGGA_."""

import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

VAR = Path("var")


class Settings(BaseSettings):
    """What the machine is told at start. Safe as it stands: in practice mode nothing can reach a provider."""

    model_config = SettingsConfigDict(env_prefix="BRYGGA_", extra="ignore")

    database_url: str = "sqlite:///./var/brygga.db"
    public_url: str = "http://127.0.0.1:8000"
    secret_key: SecretStr | None = None
    practice: bool = True

    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_from: str = ""
    twilio_api_base: str = ""
    twilio_region: str = Field(default="", pattern=r"^[a-z0-9-]*$")
    twilio_edge: str = Field(default="", pattern=r"^[a-z0-9-]*$")

    sms_provider: Literal["twilio", "46elks"] = "twilio"
    sms_fallback: Literal["", "twilio", "46elks"] = ""
    elks_username: str = ""
    elks_password: SecretStr = SecretStr("")
    elks_from: str = ""
    elks_api_base: str = ""
    elks_webhook_secret: SecretStr = SecretStr("")

    telegram_token: SecretStr = SecretStr("")
    telegram_bot: str = Field(default="", pattern=r"^@?[A-Za-z0-9_]*$")
    telegram_api_base: str = ""
    telegram_webhook_secret: SecretStr = SecretStr("")
    telegram_mode: Literal["webhook", "polling"] = "webhook"
    telegram_enabled: bool = False

    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_label: str = Field(default="Logga in med kommunens konto", min_length=1)
    oidc_mfa: Literal["told", "always", "never"] = "told"
    oidc_mfa_acr: str = Field(default="", description="acr values that mean two steps, with spaces between")
    oidc_trust_email: bool = False

    sms_per_second: float = Field(default=0, ge=0, description="0 = no limit")
    telegram_per_second: float = Field(default=0, ge=0, description="0 = no limit")
    send_concurrency: int = Field(default=100, ge=1, le=1000)
    allowed_hours: Literal["office", "always"] = "office"
    frequency_cap: Literal["on", "off"] = "on"
    read_together_seconds: float = Field(default=25, ge=0)
    regret_seconds: float = Field(default=60, ge=0)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    def secret(self) -> str:
        """The installation's secret; made on first start and kept, readable by its owner only, when none is set."""
        if self.secret_key is not None and self.secret_key.get_secret_value():
            return self.secret_key.get_secret_value()
        return _kept_secret(VAR / "secret")


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and then linked into place: two processes that start at once agree on one whole secret.
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        if not path.exists():
            aside.touch(mode=0o600)
            aside.write_text(secrets.token_urlsafe(48), encoding="ascii")
            path.hardlink_to(aside)
    except FileExistsError:
        pass
    finally:
        aside.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()
