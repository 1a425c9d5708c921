"""Settings: read from an environment, every fault told, no secret shown, all documented."""

from __future__ import annotations

import re
from ipaddress import ip_network
from pathlib import Path

import pytest

from monitor.config import NAMED, SECRETS, Settings, load, unknown, variable
from monitor.errors import ConfigError

ROOT = Path(__file__).parent.parent


def messages(environ: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(environ)
    return [str(fault) for fault in caught.value.faults]


def test_an_empty_environment_is_enough() -> None:
    settings = load({"PATH": "/bin", "WIREWATCH": "not ours"})
    assert settings.redis_url is None
    assert settings.http == ("127.0.0.1", 9477)
    assert settings.poll_floor == 60.0


def test_values_are_typed() -> None:
    settings = load(
        {
            "WIREWATCH_POLL_FLOOR": "0.2s",
            "WIREWATCH_ALLOW_NETS": "127.0.0.0/8, ::1/128",
            "WIREWATCH_HTTP": "[::1]:9000",
            "WIREWATCH_REDIS_URL": "redis://:hunter2@localhost/1",
        }
    )
    assert settings.poll_floor == 0.2
    assert settings.allow_nets == (ip_network("127.0.0.0/8"), ip_network("::1/128"))
    assert settings.http == ("::1", 9000)
    assert "hunter2" not in repr(settings)


def test_an_empty_address_means_no_server_and_other_empty_variables_are_unset() -> None:
    settings = load({"WIREWATCH_HTTP": "", "WIREWATCH_POLL_FLOOR": "", "WIREWATCH_SLACK_TOKEN": ""})
    assert settings.http is None
    assert settings.poll_floor == 60.0
    assert settings.slack_token is None


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-1\n")
    settings = load({"WIREWATCH_SLACK_TOKEN_FILE": str(tmp_path / "token")})
    assert settings.slack_token is not None
    assert settings.slack_token.get_secret_value() == "xoxb-1"


def test_secrets_that_routes_name(tmp_path: Path) -> None:
    (tmp_path / "hook").write_text("https://hooks.example/1\n")
    settings = load({"WIREWATCH_SECRET_NIGHT_HOOK": "whsec_1", "WIREWATCH_SECRET_HOOK_2_FILE": str(tmp_path / "hook")})
    assert settings.secret("night-hook") == "whsec_1"
    assert settings.secret("hook-2") == "https://hooks.example/1"
    assert settings.secret("another") == ""
    assert variable("night-hook") == "WIREWATCH_SECRET_NIGHT_HOOK"
    assert "whsec_1" not in repr(settings)


def test_an_empty_secret_is_an_unset_one() -> None:
    assert load({"WIREWATCH_SECRET_HOOK": ""}).secret("hook") == ""


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("WIREWATCH_SECRET_HOOK_FILE", "/nonexistent/hook", "cannot read /nonexistent/hook"),
        ("WIREWATCH_POLL_FLOOR", "5 minutes", "is not a duration"),
        ("WIREWATCH_POLL_FLOOR", "0s", "greater than 0"),
        ("WIREWATCH_ARCHIVE_AGE", "1d", "must be at least 2d"),
        ("WIREWATCH_ARCHIVE_ITEMS", "10", "greater than or equal to 1000"),
        ("WIREWATCH_HTTP", "9477", "is not an address"),
        ("WIREWATCH_HTTP", "localhost:99999", "is not an address"),
        ("WIREWATCH_ALLOW_NETS", "10.0.0.0/8,nonsense", "nonsense"),
        ("WIREWATCH_LOG", "loud", "'console' or 'json'"),
        ("WIREWATCH_REDIS_URL", "localhost:6379", "must start with redis://"),
        ("WIREWATCH_PUBLIC_URL", "wire.example.org", "must be an address such as https://wire.example.org"),
        ("WIREWATCH_PUBLIC_URL", "https://anna:hunter2@wire.example.org", "without query or password"),
        ("WIREWATCH_SMTP_URL", "mail.example.org", "must start with smtp+starttls://"),
        ("WIREWATCH_SLACK_TOKEN_FILE", "/nonexistent/token", "cannot read /nonexistent/token"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, said: str) -> None:
    (message,) = messages({variable: value})
    assert message.startswith(f"{variable}: ")
    assert said in message


def test_an_address_for_hubs_leads_somewhere() -> None:
    reached = {"WIREWATCH_PUBLIC_URL": "https://example.org/wire/"}
    assert load(reached).public_url == "https://example.org/wire/"
    (message,) = messages(reached | {"WIREWATCH_HTTP": ""})
    assert message == "WIREWATCH_PUBLIC_URL: leads nowhere while WIREWATCH_HTTP is empty"


def test_every_fault_is_told_at_once() -> None:
    assert len(messages({"WIREWATCH_POLL_FLOOR": "x", "WIREWATCH_LOG": "y", "WIREWATCH_HTTP": "z"})) == 3


def test_a_slip_in_a_name_is_found_and_stops_nothing() -> None:
    environ = {"WIREWATCH_SLACK_TOKN": "x", "WIREWATCH_SLACK_TOKEN_FILE": __file__, "WIREWATCH_PORT": "tcp://10.0.0.1"}
    environ |= {"WIREWATCH_SECRET_HOOK": "x", "WIREWATCH_SECRET_NIGHT_FILE": __file__, "WIREWATCH_SECRETS_FILE": "x"}
    assert unknown(environ) == ("WIREWATCH_PORT", "WIREWATCH_SECRETS_FILE", "WIREWATCH_SLACK_TOKN")
    load(environ)


def test_a_secret_is_not_quoted_in_a_complaint() -> None:
    assert "hunter2" not in "".join(messages({"WIREWATCH_REDIS_URL": "http://:hunter2@localhost"}))


def test_the_operators_table_lists_every_setting() -> None:
    table = (ROOT / "deploy/README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `WIREWATCH_(\w+)…?` \|[^|]*\| (yes)? ?\| (.+) \|$", table, re.MULTILINE)
    documented = {name.lower(): (secret == "yes", text) for name, secret, text in rows}
    documented["secrets"] = documented.pop(NAMED.lower())
    assert documented == {name: (name in SECRETS, field.description) for name, field in Settings.model_fields.items()}
