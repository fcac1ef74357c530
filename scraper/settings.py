"""What an operator can decide: the keys of config.yaml, their forms and defaults.

Only these stand here; :mod:`scraper.config` reads the file and the environment.
"""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    NonNegativeInt,
    PositiveInt,
    SecretStr,
)
from pydantic_core import PydanticCustomError

from scraper.post_settings import PostChoice, Section


def _check_origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ValueError("must be an address such as https://www.korea.kr")
    if parts.path.rstrip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError("must be scheme and host only, without a path or a user")
    return value.rstrip("/")


def _check_command(words: tuple[str, ...]) -> tuple[str, ...]:
    if words and not (words[0].strip() and any("{in}" in word for word in words[1:])):
        raise ValueError("must be a program and its arguments, one of them with {in}")
    return words


def _check_api(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("https", "http") or not parts.hostname):
        raise ValueError("must be an address such as https://git.example.go.kr/api/v3")
    return value.rstrip("/")


#: Names git takes for a branch, the plain ones.
BRANCH = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$"

Origin = Annotated[str, AfterValidator(_check_origin)]
Seconds = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)]


#: Fields that no file may have, and the keys that name their variables.
SECRETS = {
    "token": "news.token_env",
    "api_key": "open_api.key_env",
    "alarm_secrets": "alarms.webhook.url_env and its like",
}

#: Names of variables as we want them; tokens of forges do not look so.
VARIABLE = r"[A-Z][A-Z0-9_]*"


def _check_variable(value: str) -> str:
    if value and not re.fullmatch(VARIABLE, value):
        raise PydanticCustomError("name", "must be a variable's NAME, never its value")
    return value


def _check_when(value: str) -> str:
    if not re.fullmatch(r"[1-9]\d{0,8}[mh]", value):  # the usual needs no library
        from scraper.schedule import Slots

        Slots(value)
    elif not 60 <= int(value[:-1]) * {"m": 60, "h": 3_600}[value[-1]] <= 604_800:
        raise ValueError("an interval must be between a minute and a week")
    return value


def _check_loopback(value: str) -> str:
    host, _, port = value.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if value and not (loopback and port.isdecimal() and 0 < int(port) < 65_536):
        raise ValueError("must be a port of this machine, such as 127.0.0.1:9753")
    return value


def _check_mail(value: str) -> str:
    if re.search(r"[<>\n\x00]", value) or not value.strip():
        raise ValueError("must be a mail address, without < and >")
    return value


class Site(Section):
    """Which server is asked, and which address readers are given."""

    base_url: Origin = "https://www.korea.kr"
    public_url: Origin = "https://www.korea.kr"
    #: Host, or host:port, that a redirect may lead to besides ``base_url``'s.
    hosts: tuple[str, ...] = ()


class Fetch(Section):
    """Manners and patience."""

    delay: Seconds = 2.0
    deadline: Annotated[float, Field(gt=0, le=3_600, allow_inf_nan=False)] = 60.0
    attempts: Annotated[int, Field(ge=1, le=10)] = 4
    #: PEM file of certificate authorities; for a site whose chain is incomplete.
    ca_file: str = ""


class SectionChoice(Section):
    """One more section of the site, with the listing and pages all sections have."""

    #: Its Korean name; the license table goes by it.
    section: Annotated[str, Field(min_length=1)]
    #: Path of its listing; "" for one that only rows of other listings lead to.
    list: Annotated[str, Field(pattern=r"^(/[\x21-\x7e]*\.do)?$")] = ""
    view: Annotated[str, Field(pattern=r"^/[\x21-\x7e]*\.do$")]
    #: Why nothing of it may be republished; "" for an open section.
    closed: str = ""
    #: Its articles deny reports of others, and quote them first.
    rebuttal: bool = False
    #: Its listing obeys days.
    dated: bool = True
    #: Its rows name the ministry.
    ministries: bool = True
    #: ``GroupingCode`` of the Open API.
    grouping: str = ""


class OpenApi(Section):
    """The Open API of policy news at data.go.kr."""

    base_url: Origin = "https://apis.data.go.kr"
    key_env: Annotated[str, AfterValidator(_check_variable)] = ""
    #: Calls of each service on one day in Korea, at most.
    daily_calls: PositiveInt = 1_000
    #: Ask the service of press releases as well.
    press: bool = False


class Use(Section):
    """What the operator does with the texts (see ``license``)."""

    commercial: bool = True
    changes: bool = True


class LicenseChoice(Section):
    """What becomes of a release whose license does not allow that use."""

    refused: Literal["hold", "stub"] = "hold"


class PullRequest(Section):
    """How posts are proposed, for ``news.to: pr``."""

    #: "" goes by the remote's host.
    forge: Literal["", "github", "gitlab", "gitea"] = ""
    #: Address of the forge's API; "" goes by the remote's host.
    api_url: Annotated[str, AfterValidator(_check_api)] = ""
    branch: Annotated[str, Field(pattern=BRANCH)] = "bodojaryo"
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    draft: Literal["no", "yes", "always"] = "no"
    auto_merge: Literal["", "merge", "squash", "rebase"] = ""


class News(Section):
    """Where posts go."""

    to: Literal["git", "pr", "directory"] = "git"
    remote: Annotated[str, Field(min_length=1)] = "./news"
    branch: Annotated[str, Field(pattern=BRANCH)] = "main"
    author_name: Annotated[str, Field(min_length=1)] = "bodojaryo"
    author_email: Annotated[str, AfterValidator(_check_mail)] = "bodojaryo@localhost"
    token_env: Annotated[str, AfterValidator(_check_variable)] = ""
    ssh_command: str = ""
    #: PEM file of certificate authorities, for a git server of one's own.
    ca_file: str = ""
    #: SSH key that signs commits; "" for none.
    signing_key: str = ""
    commits: Literal["run", "day", "ministry", "release"] = "run"
    pull_request: PullRequest = PullRequest.model_construct()
    directory: Path = Path("./news-files")


class Documents(Section):
    """Attachments we cannot read ourselves."""

    #: A command, word by word; ``{in}`` is the file. Empty means none.
    convert: Annotated[tuple[str, ...], AfterValidator(_check_command)] = ()


class RecheckChoice(Section):
    """How published releases are looked at again."""

    #: Releases one run looks at, at most; 0 for none.
    per_run: NonNegativeInt = 60
    #: Withdrawals one run marks, at most.
    most_withdrawn: NonNegativeInt = 10


class ArchiveChoice(Section):
    """How long raw attachments are kept; pages are kept for ever."""

    keep_days: NonNegativeInt = 90


When = Annotated[str, AfterValidator(_check_when)]


class Schedule(Section):
    """When ``scrape daemon`` reads each source; hours are Korea's."""

    default: When = "30m"
    #: By source.
    sources: dict[str, When] = Field(default={})
    #: Seconds a start is put off by at most, at random.
    jitter: Annotated[float, Field(ge=0, le=3_600, allow_inf_nan=False)] = 60.0
    #: Where ``/healthz`` and ``/metrics`` are; "" for nowhere.
    health: Annotated[str, AfterValidator(_check_loopback)] = ""


class Coverage(Section):
    """How long days are listed again, for what is put up late; 0 is not at all."""

    #: Days before today, each once a day.
    look_back_days: Annotated[int, Field(ge=0, le=366)] = 14
    #: The same once a week.
    weekly_look_back_days: Annotated[int, Field(ge=0, le=366)] = 31


Variable = Annotated[str, AfterValidator(_check_variable)]
Part = Annotated[float, Field(gt=0, lt=1)]


class WebhookChoice(Section):
    """Slack, Discord, or whatever takes JSON; its address is a secret."""

    kind: Literal["slack", "discord", "json"] = "json"
    url_env: Variable = ""


class MailChoice(Section):
    """Mail by SMTP."""

    host: str = ""
    port: Annotated[int, Field(gt=0, lt=65_536)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_env: Variable = ""
    sender: Annotated[str, AfterValidator(_check_mail)] = "bodojaryo@localhost"
    recipients: tuple[Annotated[str, AfterValidator(_check_mail)], ...] = ()


class PingChoice(Section):
    """An address that waits for us; it is a secret."""

    url_env: Variable = ""


class IssuesChoice(Section):
    """Issues of a repository on GitHub."""

    repository: Annotated[str, Field(pattern=r"^([\w.-]+/[\w.-]+)?$")] = ""
    token_env: Variable = ""
    #: "" is github.com's.
    api_url: Annotated[str, AfterValidator(_check_api)] = ""


class AlarmsChoice(Section):
    """What is an alarm, and who is told; to nobody unless ``to`` says so."""

    to: tuple[Literal["log", "webhook", "mail", "github", "ping"], ...] = ()
    silence_hours: Annotated[float, Field(gt=0, le=240)] = 4.0
    #: Releases that should have come meanwhile.
    missing: Annotated[float, Field(gt=0, le=10_000)] = 20.0
    drop: Part = 0.3
    layout: Part = 0.2
    pull_request_days: Annotated[float, Field(gt=0, le=366)] = 3.0
    token_days: Annotated[float, Field(gt=0, le=366)] = 14.0
    webhook: WebhookChoice = WebhookChoice.model_construct()
    mail: MailChoice = MailChoice.model_construct()
    github: IssuesChoice = IssuesChoice.model_construct()
    ping: PingChoice = PingChoice.model_construct()

    def variables(self) -> dict[str, str]:
        """Return the variables that are needed, by key; "" where none is named."""
        every: dict[str, dict[str, str]] = {
            "webhook": {"webhook.url_env": self.webhook.url_env},
            "mail": {"mail.password_env": self.mail.password_env},
            "github": {"github.token_env": self.github.token_env},
            "ping": {"ping.url_env": self.ping.url_env},
        }
        if not self.mail.user:
            del every["mail"]
        return {
            f"alarms.{key}": variable
            for channel in self.to
            for key, variable in every.get(channel, {}).items()
        }

    def missing_keys(self) -> list[str]:
        """Return what channels that are asked for lack besides variables."""
        needed: dict[str, dict[str, object]] = {
            "mail": {"host": self.mail.host, "recipients": self.mail.recipients},
            "github": {"repository": self.github.repository},
        }
        return [
            f"alarms.{channel}.{key}"
            for channel in self.to
            for key, value in needed.get(channel, {}).items()
            if not value
        ]


class Config(Section):
    """All of config.yaml; paths absolute, the token looked up."""

    contact: str = ""
    state_dir: Path = Path("./var")
    site: Site = Site.model_construct()
    fetch: Fetch = Fetch.model_construct()
    sources: Annotated[tuple[str, ...], Field(min_length=1)] = ("press_release",)
    #: By the name they are given in ``sources``.
    sections: dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], SectionChoice
    ] = Field(default={})
    open_api: OpenApi = OpenApi.model_construct()
    ministries: tuple[str, ...] = ()
    use: Use = Use.model_construct()
    license: LicenseChoice = LicenseChoice.model_construct()
    news: News = News.model_construct()
    post: PostChoice = PostChoice.model_construct()
    documents: Documents = Documents.model_construct()
    recheck: RecheckChoice = RecheckChoice.model_construct()
    archive: ArchiveChoice = ArchiveChoice.model_construct()
    coverage: Coverage = Coverage.model_construct()
    schedule: Schedule = Schedule.model_construct()
    alarms: AlarmsChoice = AlarmsChoice.model_construct()
    #: The value of the variable that ``news.token_env`` names; not a key of the file.
    token: SecretStr | None = Field(default=None, exclude=True, repr=False)
    #: The same for ``open_api.key_env``; ``None`` where that is not set.
    api_key: SecretStr | None = Field(default=None, exclude=True, repr=False)
    #: Values of the variables that ``alarms`` needs, by key.
    alarm_secrets: dict[str, SecretStr] = Field(default={}, exclude=True, repr=False)
