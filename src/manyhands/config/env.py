"""Every setting a host can make, typed and explained. Read once, from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from manyhands.kit.writing_once import write_once

HOUSE = Path(__file__).resolve().parent.parent
PREFIX = "MANYHANDS_"
HERE = {"localhost", "127.0.0.1", "::1"}


class SettingWrong(Exception):
    """A setting can't be used. The text says which, what is wrong and what to write instead."""


def _text(value: str) -> str:
    return value


def _yes_no(value: str) -> bool:
    if value.lower() in {"1", "yes", "true", "on"}:
        return True
    if value.lower() in {"0", "no", "false", "off", ""}:
        return False
    raise SettingWrong("it must be yes or no")


def _number(value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise SettingWrong("it must be a whole number") from None


def _list(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


def _folder(value: str) -> Path:
    return Path(value).expanduser().resolve()


def _keep(value: str) -> tuple[int, int, int]:
    """``7,4,3``: how many days, weeks and months have a backup kept."""
    parts = [_number(part) for part in value.split(",")]
    if len(parts) != 3 or min(parts) < 0 or not any(parts):
        raise SettingWrong("it must be three numbers: days, weeks, months, such as 7,4,3")
    return parts[0], parts[1], parts[2]


def _one_of(*words: str) -> Callable[[str], str]:
    def read_word(value: str) -> str:
        if value not in words:
            raise SettingWrong(f"it must be {', '.join(words[:-1])} or {words[-1]}")
        return value

    return read_word


def _time_of_day(value: str) -> time:
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise SettingWrong("it must be a time of day, such as 03:30") from None


def _mail(value: str) -> dict[str, Any] | None:
    """``smtp(s)://name:password@host:port`` or ``file:///folder``: Django's settings for it; nothing where off."""
    if not value:
        return None
    url = urlsplit(value)
    if url.scheme == "file" and url.path.strip("/"):
        folder = unquote(url.path)
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
    if url.scheme not in {"smtp", "smtps"} or not url.hostname:
        raise SettingWrong("it must be smtp://host, smtps://host or file:///folder")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": url.hostname,
        "EMAIL_PORT": url.port or (465 if url.scheme == "smtps" else 587),
        "EMAIL_HOST_USER": unquote(url.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(url.password or ""),
        "EMAIL_USE_SSL": url.scheme == "smtps",
        # Never in the clear over a network; a mail server on this machine need not be able to do more.
        "EMAIL_USE_TLS": url.scheme == "smtp" and url.hostname not in HERE,
        "EMAIL_TIMEOUT": 20,
    }


def _texts(value: str) -> str | None:
    """``https://name:password@gateway/path`` or ``file:///folder``; nothing where it is off."""
    if not value:
        return None
    url = urlsplit(value)
    kind = "file" if url.scheme == "file" and url.path.strip("/") else url.scheme if url.hostname else ""
    if kind not in {"file", "https", "http"}:
        raise SettingWrong("it must be https://gateway/path or file:///folder")
    return value


def _database(value: str) -> dict[str, Any]:
    """``sqlite:///path`` or ``postgres://name:password@host:port/database`` (host empty: the local socket)."""
    url = urlsplit(value)
    if url.scheme == "sqlite":
        if not url.path.strip("/"):
            raise SettingWrong("write sqlite:///path/to/file.sqlite3")
        # sqlite:////var/... names /var/...; two slashes at the beginning would be another thing on some systems.
        return {"kind": "sqlite", "path": (url.netloc + url.path) if url.netloc else "/" + url.path.lstrip("/")}
    if url.scheme in {"postgres", "postgresql"}:
        return {
            "kind": "postgres",
            "name": unquote(url.path.lstrip("/")) or "manyhands",
            "user": unquote(url.username or ""),
            "password": unquote(url.password or ""),
            "host": unquote(url.hostname or ""),
            "port": str(url.port or ""),
        }
    raise SettingWrong("it must begin with sqlite:/// or postgres://")


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the settings page: its name, what it does, its default and how its text is read."""

    name: str
    what: str
    default: str
    read: Callable[[str], Any] = _text


SETTINGS = (
    Setting("DEMO", "Load the demo network and offer one-tap sign-ins. Never with real people's data.", "no", _yes_no),
    Setting(
        "DATA_DIR", "The folder for the database and the secret key. Back it up; keep it to yourself.", "var", _folder
    ),
    Setting(
        "DATABASE_URL",
        "Where the data lives: sqlite:///path, or postgres://name:password@host/database. "
        "Empty: a SQLite file in DATA_DIR. Plain DATABASE_URL is read too.",
        "",
        _text,
    ),
    Setting(
        "SECRET_KEY", "What private links and sign-ins are sealed with. Empty: made once and kept in DATA_DIR.", ""
    ),
    Setting(
        "KEYS_DIR",
        "The folder for the key ring, which opens what the database seals. Keep it apart from the data and never in "
        "the same backup. Empty: a folder beside DATA_DIR, named like it with “-keys”.",
        "",
    ),
    Setting(
        "ROOT_KEY",
        "What the key ring opens by itself with, from a file (ROOT_KEY_FILE) or the system's credentials. "
        "Empty: made once and kept in KEYS_DIR.",
        "",
    ),
    Setting(
        "BACKUP_DIR",
        "The folder for the nightly backups, best on another disk. Empty: beside DATA_DIR, with -backups behind.",
        "",
    ),
    Setting(
        "BACKUP_KEEP", "How many daily, weekly and monthly backups are kept; older ones are deleted.", "7,4,3", _keep
    ),
    Setting("BACKUP_AT", "The time of day (UTC) of the nightly backup and its drill.", "03:30", _time_of_day),
    Setting("HOSTS", "The names this server answers to, with commas.", "localhost,127.0.0.1,[::1]", _list),
    Setting("PUBLIC_URL", "The address people type, for links that leave the page. Empty: this machine and PORT.", ""),
    Setting(
        "SOURCE_URL",
        "Where people get the source of what runs here. The licence asks whoever changed it to say.",
        "",
    ),
    Setting("HTTPS", "The pages are reached over https: cookies are then sent over https only.", "no", _yes_no),
    Setting(
        "PROXIES",
        "How many proxies of your own stand in front (Caddy is one), so that tries can be counted by where they come "
        "from. Empty: one with HTTPS, none without. Addresses are never stored.",
        "",
    ),
    Setting("BIND", "The address the server listens on.", "127.0.0.1"),
    Setting("PORT", "The port the server listens on.", "8000", _number),
    Setting("THREADS", "How many requests are answered at once.", "4", _number),
    Setting(
        "MAIL_URL",
        "Where mail is given to: smtps://name:password@host, or smtp:// (which turns to TLS too). Empty: none is sent. "
        "file:///folder puts it there, for trying things out.",
        "",
        _mail,
    ),
    Setting("MAIL_FROM", "Who mail comes from. Empty: manyhands@ and the name in PUBLIC_URL.", ""),
    Setting(
        "TEXT_URL",
        "The gateway text messages are given to: https://name:password@host/path. Empty: none are sent. "
        "file:///folder puts them there, for trying things out.",
        "",
        _texts,
    ),
    Setting("TEXTS_A_DAY", "How many text messages go out in a day at most: each costs something.", "500", _number),
    Setting(
        "NEAR_HOSTS",
        "Machines inside your own network that may be asked, such as a phone on the desk that sends texts: names or "
        "addresses, with commas. Without TLS too. Every other address inside is refused.",
        "",
        _list,
    ),
    Setting(
        "WORKERS",
        "How many jobs the server works on at once, each in a process of its own. "
        "0: none; `manyhands work` does it elsewhere.",
        "1",
        _number,
    ),
    Setting(
        "METRICS_TOKEN",
        "What Prometheus must bring along to read /metrics, 32 signs or more. Empty: the page is not there.",
        "",
    ),
    Setting(
        "LOG_FORMAT", "How logs are written: plain for reading, json for machines.", "plain", _one_of("plain", "json")
    ),
    Setting(
        "LOG_LEVEL",
        "From where on things are logged: DEBUG, INFO, WARNING or ERROR. No level logs anything about a person.",
        "WARNING",
        _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    ),
    Setting("DEBUG", "Show developers where an error comes from. Never on a server other people reach.", "no", _yes_no),
)


@dataclass(frozen=True, slots=True)
class Env:
    """The settings as the rest of the house uses them."""

    demo: bool
    data_dir: Path
    keys_dir: Path
    root_key: str
    backup_dir: Path
    backup_keep: tuple[int, int, int]
    backup_at: time
    database: dict[str, Any]
    secret_key: str
    hosts: list[str]
    public_url: str
    source_url: str
    https: bool
    trusted_proxies: int
    bind: str
    port: int
    threads: int
    workers: int
    metrics_token: str
    log_format: str
    log_level: str
    mail: dict[str, Any] | None
    mail_from: str
    texts: str | None
    near_hosts: list[str]
    texts_a_day: int
    debug: bool


def _value(setting: Setting, environ: Mapping[str, str]) -> str:
    """The text of a setting; ``NAME_FILE`` names a file that holds it, for secrets."""
    name = PREFIX + setting.name
    if file := environ.get(name + "_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingWrong(f"{name}_FILE names {file}, which can't be read ({error.strerror}).") from None
    value = environ.get(name)
    if value is None and setting.name == "DATABASE_URL":
        value = environ.get("DATABASE_URL")
    return (value if value is not None else setting.default).strip()


def _kept_secret(data_dir: Path) -> str:
    """The secret key kept in the data folder, made on the first start."""
    file = data_dir / "secret.key"
    try:
        if not file.exists():
            data_dir.mkdir(parents=True, exist_ok=True)
            # Two processes may start at once: only one may make the key, and the other never finds half of it.
            write_once(file, secrets.token_urlsafe(48))
        return file.read_text(encoding="ascii").strip()
    except OSError as error:
        raise SettingWrong(
            f"The folder {data_dir} can't be written ({error.strerror}). Set {PREFIX}DATA_DIR to one that can."
        ) from None


def read_database(url: str) -> dict[str, Any]:
    """What the address of a database says, or a sentence on what is wrong with it."""
    try:
        return _database(url)
    except SettingWrong as wrong:
        raise SettingWrong(f"{PREFIX}DATABASE_URL can't be read: {wrong}.") from None
    except ValueError:
        raise SettingWrong(f"{PREFIX}DATABASE_URL can't be read: its port must be a number.") from None


def _proxies(text: str, *, https: bool) -> int:
    if not text:
        return 1 if https else 0
    if not text.isdecimal() or int(text) > 9:
        raise SettingWrong(f"{PREFIX}PROXIES is “{text}”: it must be a whole number from 0 to 9.")
    return int(text)


def data_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The data folder alone, for what needs nothing else of an install. Makes nothing."""
    setting = next(setting for setting in SETTINGS if setting.name == "DATA_DIR")
    return _folder(_value(setting, environ))


def read(environ: Mapping[str, str] = os.environ) -> Env:
    """Read every setting, or raise :class:`SettingWrong` with a sentence that names it."""
    known = {PREFIX + setting.name for setting in SETTINGS}
    known |= {name + "_FILE" for name in known}
    for name in environ:
        if name.startswith(PREFIX) and name not in known:
            raise SettingWrong(
                f"There is no setting {name}. Remove it, or look at `manyhands settings` for how it is spelled."
            )
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = _value(setting, environ)
        try:
            values[setting.name] = setting.read(text)
        except SettingWrong as wrong:
            # These may hold a password, and a terminal is read over one's shoulder.
            told = "can't be read" if setting.read in {_mail, _texts} else f"is “{text}”"
            raise SettingWrong(f"{PREFIX}{setting.name} {told}: {wrong}.") from None
    values["PUBLIC_URL"] = values["PUBLIC_URL"] or f"http://127.0.0.1:{values['PORT']}"
    data_dir: Path = values["DATA_DIR"]
    url = values["DATABASE_URL"] or f"sqlite:///{data_dir / 'manyhands.sqlite3'}"
    database = read_database(url)
    secret = values["SECRET_KEY"] or _kept_secret(data_dir)
    if len(secret) < 32:
        raise SettingWrong(f"{PREFIX}SECRET_KEY is shorter than 32 signs. Leave it empty and one will be made.")
    if values["ROOT_KEY"] and len(values["ROOT_KEY"]) < 32:
        raise SettingWrong(f"{PREFIX}ROOT_KEY is shorter than 32 signs. Leave it empty and one will be made.")
    if values["SOURCE_URL"] and not values["SOURCE_URL"].startswith(("https://", "http://")):
        raise SettingWrong(f"{PREFIX}SOURCE_URL is “{values['SOURCE_URL']}”: it must begin with https://.")
    if not 1 <= values["PORT"] <= 65535:
        raise SettingWrong(f"{PREFIX}PORT is {values['PORT']}: it must be between 1 and 65535.")
    if not 1 <= values["THREADS"] <= 256:
        raise SettingWrong(f"{PREFIX}THREADS is {values['THREADS']}: it must be between 1 and 256.")
    if not 0 <= values["WORKERS"] <= 32:
        raise SettingWrong(f"{PREFIX}WORKERS is {values['WORKERS']}: it must be between 0 and 32.")
    if values["METRICS_TOKEN"] and len(values["METRICS_TOKEN"]) < 32:
        raise SettingWrong(f"{PREFIX}METRICS_TOKEN is shorter than 32 signs. Make a longer one, or leave it empty.")
    near = {*values["NEAR_HOSTS"], *HERE}
    if (texts := urlsplit(values["TEXT_URL"] or "")).scheme == "http" and texts.hostname not in near:
        raise SettingWrong(
            f"{PREFIX}TEXT_URL can't be read: it must be https://gateway/path or file:///folder. Without TLS only a "
            f"machine of your own is asked, which you name in {PREFIX}NEAR_HOSTS."
        )
    keys_dir = _folder(values["KEYS_DIR"] or f"{data_dir}-keys")
    backup_dir = _folder(values["BACKUP_DIR"] or f"{data_dir}-backups")
    if backup_dir.is_relative_to(keys_dir) or keys_dir.is_relative_to(backup_dir):
        raise SettingWrong(
            f"{PREFIX}BACKUP_DIR and {PREFIX}KEYS_DIR lie in one another: {backup_dir} and {keys_dir}. "
            "Data and keys never lie together."
        )
    return Env(
        demo=values["DEMO"],
        data_dir=data_dir,
        keys_dir=keys_dir,
        root_key=values["ROOT_KEY"],
        backup_dir=backup_dir,
        backup_keep=values["BACKUP_KEEP"],
        backup_at=values["BACKUP_AT"],
        database=database,
        secret_key=secret,
        hosts=values["HOSTS"],
        public_url=values["PUBLIC_URL"].rstrip("/"),
        source_url=values["SOURCE_URL"],
        https=values["HTTPS"],
        trusted_proxies=_proxies(values["PROXIES"], https=values["HTTPS"]),
        bind=values["BIND"],
        port=values["PORT"],
        threads=values["THREADS"],
        workers=values["WORKERS"],
        metrics_token=values["METRICS_TOKEN"],
        log_format=values["LOG_FORMAT"],
        log_level=values["LOG_LEVEL"],
        mail=values["MAIL_URL"],
        mail_from=values["MAIL_FROM"] or f"manyhands@{urlsplit(values['PUBLIC_URL']).hostname or 'localhost'}",
        texts=values["TEXT_URL"],
        near_hosts=sorted(near),
        texts_a_day=values["TEXTS_A_DAY"],
        debug=values["DEBUG"],
    )
