"""config.yaml and the environment -> Config. Nothing else reads either."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    SecretStr,
    ValidationError,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from scraper.errors import ConfigError


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


class Section(BaseModel):
    """One block of config.yaml; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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
    pull_request: PullRequest = PullRequest()
    directory: Path = Path("./news-files")


class Banner(Section):
    """The operator's own picture; without a path no post has any."""

    path: str = ""
    alt: str = ""


class Promo(Section):
    """The operator's own last line; without a url no post has one."""

    text: str = ""
    url: str = ""
    rel: str = "nofollow sponsored"


class PostChoice(Section):
    """How a post looks."""

    profile: Literal["plain", "newsdao"] = "plain"
    layout: Literal["sharded", "flat"] = "sharded"
    category: Annotated[str, Field(min_length=1)] = "News"
    contacts: Literal["full", "department", "none"] = "department"
    excerpt_length: PositiveInt = 160
    banner: Banner = Banner()
    promo: Promo = Promo()
    site_name: str = ""
    feature_heading: str = "## {site_name} 실시간 뉴스 속보입니다."


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
    sources: dict[str, When] = {}
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
    webhook: WebhookChoice = WebhookChoice()
    mail: MailChoice = MailChoice()
    github: IssuesChoice = IssuesChoice()
    ping: PingChoice = PingChoice()

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
    site: Site = Site()
    fetch: Fetch = Fetch()
    sources: Annotated[tuple[str, ...], Field(min_length=1)] = ("press_release",)
    #: By the name they are given in ``sources``.
    sections: dict[
        Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")], SectionChoice
    ] = {}
    open_api: OpenApi = OpenApi()
    ministries: tuple[str, ...] = ()
    use: Use = Use()
    license: LicenseChoice = LicenseChoice()
    news: News = News()
    post: PostChoice = PostChoice()
    documents: Documents = Documents()
    recheck: RecheckChoice = RecheckChoice()
    archive: ArchiveChoice = ArchiveChoice()
    coverage: Coverage = Coverage()
    schedule: Schedule = Schedule()
    alarms: AlarmsChoice = AlarmsChoice()
    #: The value of the variable that ``news.token_env`` names; not a key of the file.
    token: SecretStr | None = Field(default=None, exclude=True, repr=False)
    #: The same for ``open_api.key_env``; ``None`` where that is not set.
    api_key: SecretStr | None = Field(default=None, exclude=True, repr=False)
    #: Values of the variables that ``alarms`` needs, by key.
    alarm_secrets: dict[str, SecretStr] = Field(default={}, exclude=True, repr=False)


def load_config(
    path: Path, environ: Mapping[str, str], overrides: Sequence[str] = ()
) -> Config:
    """Read ``path``, apply ``KEY=VALUE`` overrides, and check everything.

    Args:
        path: The file; UTF-8 YAML. Relative paths in it are taken from its folder.
        environ: Where ``news.token_env`` and ``open_api.key_env`` are looked up.
        overrides: Dotted keys with YAML values, such as ``fetch.delay=5``.

    Raises:
        ConfigError: with *all* problems, each naming the file and the key.
    """
    values = _read(path)
    problems = [
        problem for text in overrides if (problem := _override(values, text, path))
    ]
    for secret, name in SECRETS.items():
        if secret in values:
            said = f"{path}: {secret}: a secret has no place here; use {name}"
            problems.append(said)
            del values[secret]
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        problems += [_describe(path, detail) for detail in error.errors()]
        problems += _check_secret(path, _token_name(values), environ)
        raise ConfigError(problems) from None
    problems += _check_secret(path, config.news.token_env, environ)
    folder = path.resolve().parent
    if config.fetch.ca_file and not (folder / config.fetch.ca_file).is_file():
        problems.append(f"{path}: fetch.ca_file: no such file {config.fetch.ca_file}")
    for name in sorted(config.schedule.sources.keys() - {*config.sources}):
        problems.append(f"{path}: schedule.sources.{name}: is not among sources")
    problems += _check_alarms(path, config.alarms, environ)
    if problems:
        raise ConfigError(problems)
    return _resolve(config, folder, environ)


class _Loader(yaml.SafeLoader):
    """Reads as ``yaml.safe_load``, and refuses a key that stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:
        """Return a mapping."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key, (key_node, _) in zip(keys, node.value, strict=True):
            if keys.count(key) > 1:
                raise yaml.MarkedYAMLError(
                    problem=f"{key} stands twice", problem_mark=key_node.start_mark
                )
        return super().construct_mapping(node, deep)


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigError([f"{path}: no such file; name one with --config"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: cannot be read ({error})"]) from None
    try:
        values = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f":{mark.line + 1}:{mark.column + 1}" if mark else ""
        said = getattr(error, "problem", None) or "not YAML"
        raise ConfigError([f"{path}{where}: {said}"]) from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError([f"{path}: must be a mapping of keys to values"])
    return _without_empty(values)


def _without_empty(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out keys without a value: a section whose keys were deleted, say."""
    return {
        key: _without_empty(value) if isinstance(value, dict) else value
        for key, value in values.items()
        if value is not None
    }


def _override(values: dict[str, Any], text: str, path: Path) -> str:
    """Put one ``KEY=VALUE`` into ``values``; return the problem, or ""."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        return f"--set {text}: must be KEY=VALUE, such as fetch.delay=5"
    place = values
    *sections, last = key.strip().split(".")
    for section in sections:
        place = place.setdefault(section, {})
        if not isinstance(place, dict):
            return f"{path}: {section}: is not a section, so --set {key} cannot apply"
    try:
        place[last] = yaml.safe_load(value)
    except yaml.YAMLError:
        return f"--set {text}: the value is not YAML; quote it"
    if place[last] is None:
        place[last] = ""
    return ""


def _describe(path: Path, detail: ErrorDetails) -> str:
    """Return one line for one problem, with the nearest known key for a typo."""
    where = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        known = _keys_beside(detail["loc"])
        near = difflib.get_close_matches(str(detail["loc"][-1]), known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"
        return f"{path}: {where}: unknown key; {hint}"
    said = detail["msg"].removeprefix("Value error, ").replace("tuple", "list")
    said = said[:1].lower() + said[1:]
    found = "" if detail["type"] == "name" else _found(detail["input"])
    return f"{path}: {where}: {said}{found}"


def _found(value: object) -> str:
    """Return what stands there, unless it may be a secret or is long."""
    shown = repr(value)
    if len(shown) > 40 or "@" in shown or "://" in shown or "token" in shown.lower():
        return ""
    return f" (found: {shown})"


def _keys_beside(loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys allowed where the unknown key at ``loc`` stands."""
    model: type[BaseModel] = Config
    for part in loc[:-1]:
        field = model.model_fields.get(str(part))
        if field is None:
            return []
        model = next(_models_in(field.annotation), model)
    return [name for name in model.model_fields if name not in SECRETS]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _token_name(values: Mapping[str, Any]) -> str:
    """Return ``news.token_env`` of a file that has other faults, or ""."""
    news = values.get("news")
    name = news.get("token_env") if isinstance(news, dict) else None
    return name if isinstance(name, str) else ""


def _check_secret(path: Path, name: str, environ: Mapping[str, str]) -> list[str]:
    if re.fullmatch(VARIABLE, name) and not environ.get(name):
        return [f"{path}: news.token_env: the variable {name} is not set"]
    return []


def _check_alarms(
    path: Path, alarms: AlarmsChoice, environ: Mapping[str, str]
) -> list[str]:
    problems = [f"{path}: {key}: must be set" for key in alarms.missing_keys()]
    for key, variable in alarms.variables().items():
        if not variable:
            problems.append(f"{path}: {key}: must name a variable")
        elif not environ.get(variable, "").strip():
            problems.append(f"{path}: {key}: the variable {variable} is not set")
    return problems


def _beside(folder: Path, news: News, name: str) -> str:
    """Return a file that a key names, seen from the configuration's folder."""
    value = getattr(news, name)
    return str(folder / Path(value).expanduser()) if value else ""


def _resolve(config: Config, folder: Path, environ: Mapping[str, str]) -> Config:
    """Make paths absolute and look the token up."""
    news = config.news
    if "://" not in news.remote and not _is_scp(news.remote):
        remote = folder / Path(news.remote).expanduser()
        news = news.model_copy(update={"remote": str(remote)})
    directory = folder / news.directory.expanduser()
    files = {name: _beside(folder, news, name) for name in ("ca_file", "signing_key")}
    news = news.model_copy(update={"directory": directory, **files})
    fetch = config.fetch
    if fetch.ca_file:
        fetch = fetch.model_copy(update={"ca_file": str(folder / fetch.ca_file)})
    documents = config.documents
    if documents.convert and "/" in documents.convert[0]:
        program, *words = documents.convert
        command = (str(folder / program), *words)
        documents = documents.model_copy(update={"convert": command})
    token = SecretStr(environ[news.token_env]) if news.token_env else None
    key = environ.get(config.open_api.key_env, "").strip()
    return config.model_copy(
        update={
            "state_dir": folder / config.state_dir.expanduser(),
            "fetch": fetch,
            "news": news,
            "documents": documents,
            "token": token,
            "api_key": SecretStr(key) if key else None,
            "alarm_secrets": {
                name: SecretStr(environ[variable].strip())
                for name, variable in config.alarms.variables().items()
            },
        }
    )


def _is_scp(remote: str) -> bool:
    """Tell ``git@host:path`` and ``host:path`` from a local path."""
    head, colon, _ = remote.partition(":")
    return bool(colon) and re.fullmatch(r"(?:[\w.-]+@)?[\w.-]+", head) is not None
