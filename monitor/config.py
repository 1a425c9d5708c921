"""What an operator sets: environment variables, read once and nowhere else.

Secrets may come from a file instead: `WIREWATCH_SLACK_TOKEN_FILE` names a file
that holds what `WIREWATCH_SLACK_TOKEN` would. Channels of which there may be
several have theirs by name: `WIREWATCH_SECRET_…`. The table in
`deploy/README.md` is compared with `Settings` by a test.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError, model_validator

from monitor import __version__
from monitor.durations import Duration
from monitor.errors import ConfigError, Fault

PREFIX = "WIREWATCH_"
FROM_FILE = "_FILE"
NAMED = "SECRET_"
"""Begins the variables of secrets that YAML files name: `secret: night-hook` is `WIREWATCH_SECRET_NIGHT_HOOK`."""
SHORTEST_ARCHIVE = 172_800.0
"""Seconds. A copy is told by the text of the item that it copies, up to two days later."""

_SMALL_NAME = r"^[a-z0-9]+(-[a-z0-9]+)*$"

Network = IPv4Network | IPv6Network


def _secret_name(value: object) -> object:
    """Without quoting what stands there: it may be the secret itself."""
    if isinstance(value, str) and not re.match(_SMALL_NAME, value):
        example = "`secret: night-hook` for the secret in WIREWATCH_SECRET_NIGHT_HOOK"
        raise ValueError(f"write a name in small letters, never the secret itself: {example}")
    return value


SecretName = Annotated[str, BeforeValidator(_secret_name), Field(pattern=_SMALL_NAME)]
"""The name of a secret in YAML; the secret is in the environment."""


def _networks(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(ip_network(part.strip()) for part in value.split(",") if part.strip())


def _address(value: object) -> object:
    if not isinstance(value, str) or not value:
        return None
    host, colon, port = value.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise ValueError(f"{value!r} is not an address: write host:port, such as 127.0.0.1:9477, or leave it empty")
    return (host.strip("[]"), int(port))


class Settings(BaseModel):
    """Every setting, validated. Field names are the variables without `WIREWATCH_`, in lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules_dir: Path = Field(default=Path("rules"), description="Folder of the YAML files that editors write.")
    data_dir: Path = Field(default=Path("data"), description="Where the embedded store keeps its files.")
    redis_url: SecretStr | None = Field(
        default=None, description="Redis or Valkey to use (`redis://`, `rediss://`, `unix://`); unset: embedded."
    )
    archive_age: Duration = Field(
        default=604_800.0, description="How long items are kept for `why` and `backtest`; at least 2d, for copies."
    )
    archive_items: int = Field(
        default=10_000_000, ge=1_000, description="Most items kept, about 650 bytes each; the oldest go first."
    )
    allow_nets: Annotated[tuple[Network, ...], BeforeValidator(_networks)] = Field(
        default=(), description="CIDRs, comma-separated, that feeds and webhooks may reach although private."
    )
    poll_floor: Duration = Field(default=60.0, gt=0, description="Shortest interval between two polls of a feed.")
    host_gap: Duration = Field(
        default=1.0, description="Least time between two polls of one host, by all processes; 0s for none."
    )
    http: Annotated[tuple[str, int] | None, BeforeValidator(_address)] = Field(
        default=("127.0.0.1", 9477), description="Address of metrics and health checks; empty for none."
    )
    public_url: str = Field(
        default="",
        description="Where hubs reach the address above from outside (WebSub), `https://…`; unset: they do not.",
    )
    log: Literal["console", "json"] = Field(default="console", description="How log lines are written.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(default="info", description="Least level logged.")
    user_agent_contact: str = Field(
        default="", description="Address that publishers can write to, added to the User-Agent."
    )
    slack_token: SecretStr | None = Field(default=None, description="Bot token (`xoxb-…`) for Slack channels.")
    slack_app_token: SecretStr | None = Field(
        default=None, description="App token (`xapp-…`, scope `connections:write`): Slack alerts get buttons."
    )
    slack_base_url: str = Field(default="https://slack.com/api/", description="Slack's Web API, or an emulator's.")
    smtp_url: SecretStr | None = Field(
        default=None,
        description="Mail server: `smtp+starttls://user@host:587`, `smtps://user@host:465` or `smtp://host:25`.",
    )
    smtp_password: SecretStr | None = Field(default=None, description="Password for the user in `SMTP_URL`.")
    email_from: str = Field(default="", description="Sender of mail, such as `Wirewatch <wire@example.org>`.")
    secrets: Mapping[str, SecretStr] = Field(
        default={}, description="A secret that YAML names: `secret: night-hook` is `…SECRET_NIGHT_HOOK`."
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.redis_url and urlsplit(self.redis_url.get_secret_value()).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("redis_url: must start with redis://, rediss:// or unix://")
        if self.public_url and not re.fullmatch(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?", self.public_url):
            raise ValueError(
                "public_url: must be an address such as https://wire.example.org, without query or password"
            )
        if self.public_url and self.http is None:
            raise ValueError("public_url: leads nowhere while WIREWATCH_HTTP is empty")
        if self.archive_age < SHORTEST_ARCHIVE:
            raise ValueError("archive_age: must be at least 2d, for that far back copies are looked for")
        schemes = ("smtp", "smtps", "smtp+starttls")
        if self.smtp_url and urlsplit(self.smtp_url.get_secret_value()).scheme not in schemes:
            raise ValueError("smtp_url: must start with smtp+starttls://, smtps:// or smtp://")
        return self

    @property
    def user_agent(self) -> str:
        """How we introduce ourselves to publishers."""
        contact = f"; {self.user_agent_contact}" if self.user_agent_contact else ""
        return f"wirewatch/{__version__} (feed monitor{contact})"

    def secret(self, name: str) -> str:
        """The secret that YAML files know by this name; empty when it is not set."""
        found = self.secrets.get(variable(name))
        return found.get_secret_value() if found else ""


def variable(secret: str) -> str:
    """The environment variable of a secret that a YAML file names."""
    return PREFIX + NAMED + secret.upper().replace("-", "_")


def unset(setting: str) -> str:
    """The words for a setting that is not set."""
    return _unset(PREFIX + setting.upper())


def unset_secret(name: str) -> str:
    """The words for a secret that a YAML file names and that is not set."""
    return _unset(variable(name))


def _unset(variable: str) -> str:
    return f"{variable} is not set (nor {variable}{FROM_FILE})"


SECRETS = frozenset(name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation))
_ONE_EACH = frozenset(PREFIX + name.upper() for name in Settings.model_fields if name != "secrets")
_SECRET = frozenset(PREFIX + name.upper() for name in SECRETS) & _ONE_EACH


def load(environ: Mapping[str, str]) -> Settings:
    """Settings from an environment.

    Raises ConfigError naming every variable that is wrong; a value is never
    quoted when the variable is a secret.
    """
    faults: list[Fault] = []
    values: dict[str, object] = {}
    secrets: dict[str, str] = {}
    for written, value in sorted(environ.items()):
        name = written
        if _in_file(written):
            name = written.removesuffix(FROM_FILE)
            try:
                value = Path(value).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                faults.append(Fault(written, 0, 0, f"cannot read {value}: {_why(error)}"))
                continue
        if not value and name != PREFIX + "HTTP":
            continue  # an empty variable is an unset one, except where empty means none
        if name in _ONE_EACH:
            values[name.removeprefix(PREFIX).lower()] = value
        elif _is_named(name):
            secrets[name] = value
    try:
        settings = Settings.model_validate({**values, "secrets": secrets})
    except ValidationError as error:
        for problem in error.errors(include_url=False, include_input=False, include_context=False):
            name = str(problem["loc"][0]) if problem["loc"] else ""
            message = problem["msg"].removeprefix("Value error, ")
            if not name and ": " in message:
                name, message = message.split(": ", 1)
            faults.append(Fault(PREFIX + name.upper(), 0, 0, message))
        raise ConfigError(faults) from None
    if faults:
        raise ConfigError(faults)
    return settings


def unknown(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that look like ours and are not: slips, or what Kubernetes adds for a service of our name."""
    ours = (name for name in environ if name in _ONE_EACH or _is_named(name) or _in_file(name))
    return tuple(sorted({name for name in environ if name.startswith(PREFIX)} - set(ours)))


def _is_named(variable: str) -> bool:
    return variable.startswith(PREFIX + NAMED)


def _in_file(variable: str) -> bool:
    """Whether it names the file of a secret."""
    name = variable.removesuffix(FROM_FILE)
    return name != variable and (name in _SECRET or _is_named(name))


def _why(error: OSError | UnicodeDecodeError) -> str:
    return error.strerror or "not readable" if isinstance(error, OSError) else "not UTF-8 text"
