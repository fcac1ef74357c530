"""config.yaml and the environment -> Config. Nothing else reads either."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import (
    BaseModel,
    SecretStr,
    ValidationError,
)
from pydantic_core import ErrorDetails

from scraper.errors import ConfigError
from scraper.settings import SECRETS, VARIABLE, AlarmsChoice, Config, News


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
    post = config.post
    if post.custom.template:
        template = folder / post.custom.template.expanduser()
        custom = post.custom.model_copy(update={"template": template})
        post = post.model_copy(update={"custom": custom})
    token = SecretStr(environ[news.token_env]) if news.token_env else None
    key = environ.get(config.open_api.key_env, "").strip()
    return config.model_copy(
        update={
            "state_dir": folder / config.state_dir.expanduser(),
            "fetch": fetch,
            "news": news,
            "documents": documents,
            "post": post,
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
