from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.config import Mail, Settings, SettingsError, from_env

GOOD = {"PORTAL_MODE": "demo"}
NAMES = (
    "PORTAL_MODE",
    "PORTAL_DATA_DIR",
    "PORT",
    "PORTAL_BASE_URL",
    "DATABASE_URL",
    "PORTAL_KEY_FILE",
    "PORTAL_HOSTS",
    "PORTAL_LISTEN",
    "PORTAL_TRUSTED_PROXY",
    "PORTAL_SMTP_HOST",
    "PORTAL_SMTP_PORT",
    "PORTAL_SMTP_SENDER",
    "PORTAL_SMTP_STARTTLS",
    "PORTAL_LEAVE_URL",
)


def problems(**environ: str) -> list[str]:
    with pytest.raises(SettingsError) as wrong:
        from_env({**GOOD, **environ})
    return wrong.value.problems


def test_a_trial_needs_nothing() -> None:
    settings = from_env(GOOD)
    assert settings.demo
    assert not settings.https
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database == f"sqlite:///{settings.data_dir / 'portal.db'}"
    assert settings.key_file == settings.data_dir / "keys.toml"


def test_what_only_answers_on_this_machine_needs_no_address() -> None:
    assert from_env({}, serving=False).mode == "production"
    with pytest.raises(SettingsError, match="PORT"):
        from_env({"PORT": "viele"}, serving=False)


def test_real_use_is_the_default_and_needs_https() -> None:
    with pytest.raises(SettingsError, match="https"):
        from_env({})
    behind = {"PORTAL_BASE_URL": "https://kim.example.org", "PORTAL_TRUSTED_PROXY": "10.0.0.1"}
    assert from_env(behind).mode == "production"
    with pytest.raises(SettingsError, match="PORTAL_TRUSTED_PROXY: hinter einem TLS-Proxy"):
        from_env({**behind, "PORTAL_TRUSTED_PROXY": ""})


def test_every_setting_is_read() -> None:
    settings = from_env(
        {
            "PORTAL_MODE": "production",
            "PORTAL_DATA_DIR": "/srv/kim",
            "PORT": "8080",
            "PORTAL_BASE_URL": "https://kim.example.org/",
            "DATABASE_URL": "postgresql://kim@db/kim",
            "PORTAL_KEY_FILE": "/run/keys/kim.toml",
            "PORTAL_HOSTS": "kim.example.org, www.kim.example.org",
            "PORTAL_LISTEN": "10.0.0.2",
            "PORTAL_TRUSTED_PROXY": "10.0.0.1",
            "PORTAL_SMTP_HOST": "mail.example.org",
            "PORTAL_SMTP_PORT": "465",
            "PORTAL_SMTP_USER": "kim",
            "PORTAL_SMTP_PASSWORD": "geheim",
            "PORTAL_SMTP_SENDER": "kim@example.org",
            "PORTAL_SMTP_STARTTLS": "nein",
            "PORTAL_LEAVE_URL": "https://www.example.org",
        }
    )
    assert settings == Settings(
        mode="production",
        data_dir=Path("/srv/kim"),
        database_url="postgresql://kim@db/kim",
        key_file=Path("/run/keys/kim.toml"),
        base_url="https://kim.example.org",
        hosts=("kim.example.org", "www.kim.example.org"),
        listen="10.0.0.2",
        port=8080,
        trusted_proxy="10.0.0.1",
        mail=Mail(
            host="mail.example.org",
            port=465,
            user="kim",
            password="geheim",
            sender="kim@example.org",
            starttls=False,
        ),
        leave_url="https://www.example.org",
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("PORTAL_BASE_URL", "kim.example.org"),
        ("PORTAL_BASE_URL", "ftp://kim.example.org"),
        ("PORTAL_BASE_URL", "https://"),
        ("PORTAL_LISTEN", "localhost"),
        ("PORTAL_LISTEN", "*"),
        ("PORTAL_TRUSTED_PROXY", "*"),
        ("PORTAL_TRUSTED_PROXY", "proxy.example.org"),
        ("PORTAL_HOSTS", "kim.example.org/path"),
        ("PORTAL_SMTP_PORT", "smtp"),
        ("PORTAL_SMTP_STARTTLS", "yes"),
        ("PORTAL_LEAVE_URL", "javascript:alert(1)"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_expected(name: str, value: str) -> None:
    (problem,) = problems(**{name: value})
    assert problem.startswith(f"{name}={value!r}: erwartet wird ")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://kim:Kanarienvogel@db/kim",
        "postgresql://kim:Kanarienvogel@host",
        "postgresql://kim:Kanarienvogel%zz@host/kim",
        "postgresql://[kim:Kanarienvogel@host/kim",
    ],
)
def test_a_wrong_address_of_the_database_is_named_but_not_shown(url: str) -> None:
    assert problems(DATABASE_URL=url) == [
        "DATABASE_URL: erwartet wird sqlite:///Datei oder postgresql://…/Name"
    ]


def test_all_problems_come_in_one_message() -> None:
    found = problems(
        PORT="a", PORTAL_HOSTS="?", PORTAL_SMTP_HOST="mail.example.org", PORTAL_MODE="prod"
    )
    assert [problem.partition("=")[0].partition(":")[0] for problem in found] == [
        "PORT",
        "PORTAL_MODE",
        "PORTAL_HOSTS",
        "PORTAL_SMTP_SENDER",
        "PORTAL_BASE_URL",  # what nobody could read counts as real use, which needs https
    ]


def test_the_message_lists_the_problems() -> None:
    with pytest.raises(SettingsError) as wrong:
        from_env({**GOOD, "PORT": "a"})
    assert str(wrong.value).splitlines() == [
        "Die Einstellungen stimmen nicht:",
        "- PORT='a': erwartet wird eine Portnummer",
    ]


def test_passwords_never_show() -> None:
    settings = from_env(
        {
            **GOOD,
            "PORTAL_SMTP_PASSWORD": "Kanarienvogel",
            "DATABASE_URL": "postgresql://kim:Kanarienvogel@db/kim",
        }
    )
    assert "Kanarienvogel" not in repr(settings)


@given(st.dictionaries(st.sampled_from(NAMES), st.text()))
def test_no_setting_breaks_the_reader(environ: dict[str, str]) -> None:
    with suppress(SettingsError):
        assert from_env(environ).hosts
