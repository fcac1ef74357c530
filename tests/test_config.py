"""config.yaml: what is read, what is refused, and how it is told."""

from pathlib import Path

import pytest

from scraper.config import load_config
from scraper.errors import ConfigError
from scraper.settings import Config

ROOT = Path(__file__).parents[1]


def problems(tmp_path: Path, text: str, *overrides: str, **environ: str) -> list[str]:
    file = tmp_path / "config.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file, environ, overrides)
    return [line.removeprefix(f"{file}: ") for line in caught.value.problems]


def test_the_shipped_file_says_what_the_program_does_without_it(tmp_path: Path) -> None:
    """Each key is shown with its default, so deleting any line changes nothing."""
    empty = tmp_path / "config.yaml"
    empty.write_text("")
    shipped = load_config(ROOT / "config.yaml", {})
    default = load_config(empty, {})
    changes = {"state_dir": shipped.state_dir, "news": shipped.news}
    assert default.model_copy(update=changes) == shipped


def test_the_shipped_file_shows_every_key() -> None:
    import yaml

    shown = yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))

    def keys(values: object, prefix: str = "") -> set[str]:
        if not isinstance(values, dict):
            return {prefix}
        return {k for name, v in values.items() for k in keys(v, f"{prefix}.{name}")}

    assert keys(shown) == keys(Config().model_dump(mode="json"))


def test_all_problems_are_told_at_once_with_the_nearest_key(tmp_path: Path) -> None:
    text = """
fech: {delay: 3}
fetch: {dealy: 3, deadline: soon}
news: {to: gitt, token_env: NEWS_TOKEN}
"""
    assert sorted(problems(tmp_path, text)) == [
        "fech: unknown key; did you mean fetch?",
        "fetch.deadline: input should be a valid number, unable to parse string as a"
        " number (found: 'soon')",
        "fetch.dealy: unknown key; did you mean delay?",
        "news.to: input should be 'git', 'pr' or 'directory' (found: 'gitt')",
        "news.token_env: the variable NEWS_TOKEN is not set",
    ]


def test_no_hint_names_a_key_that_may_not_be_written(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, "xyzzy: 1")
    assert "known: contact" in said
    assert "token" not in said
    assert "api_key" not in said


def test_the_key_of_the_open_api_is_read_from_its_variable(tmp_path: Path) -> None:
    """Without it everything else goes on: only a run that needs it says so."""
    file = tmp_path / "config.yaml"
    file.write_text("open_api: {key_env: DATA_KEY}")
    assert load_config(file, {}).api_key is None
    config = load_config(file, {"DATA_KEY": " s3cret\n"})
    assert config.api_key is not None
    assert config.api_key.get_secret_value() == "s3cret"
    assert "s3cret" not in f"{config!r} {config} {config.model_dump()}"
    assert problems(tmp_path, "api_key: s3cret") == [
        "api_key: a secret has no place here; use open_api.key_env"
    ]


def test_a_secret_is_named_never_written(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("news: {token_env: NEWS_TOKEN}")
    config = load_config(file, {"NEWS_TOKEN": "s3cret"})
    assert config.token is not None
    assert config.token.get_secret_value() == "s3cret"
    assert "s3cret" not in f"{config!r} {config} {config.model_dump()}"
    assert problems(tmp_path, "token: s3cret") == [
        "token: a secret has no place here; use news.token_env"
    ]


def test_a_key_can_be_set_for_one_run(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("fetch: {delay: 3}")
    overrides = ["fetch.delay=0.5", "site.base_url=http://127.0.0.1:8000", "contact="]
    config = load_config(file, {}, overrides)
    assert config.fetch.delay == 0.5
    assert config.site.base_url == "http://127.0.0.1:8000"
    assert config.contact == ""


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("fetch.delay", "--set fetch.delay: must be KEY=VALUE, such as fetch.delay=5"),
        ("fetch.dealy=1", "fetch.dealy: unknown key; did you mean delay?"),
        ("contact.x=1", "contact: is not a section, so --set contact.x cannot apply"),
        ("contact=[", "--set contact=[: the value is not YAML; quote it"),
    ],
)
def test_a_bad_override_is_refused(tmp_path: Path, override: str, said: str) -> None:
    assert said in problems(tmp_path, "contact: me@example.invalid", override)


@pytest.mark.parametrize(
    "address", ["korea.kr", "ftp://x", "https://x/path", "https://u:p@x", ""]
)
def test_an_address_is_scheme_and_host(tmp_path: Path, address: str) -> None:
    (said,) = problems(tmp_path, f"site: {{base_url: '{address}'}}")
    assert said.startswith("site.base_url: must be ")


@pytest.mark.parametrize("text", ["a: [", "- a", "just words", "a: \x00"])
def test_a_file_that_is_no_mapping_is_told_in_one_line(
    tmp_path: Path, text: str
) -> None:
    (said,) = problems(tmp_path, text)
    assert "\n" not in said
    assert "Traceback" not in said


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; name one with --config"):
        load_config(tmp_path / "config.yaml", {})


def test_paths_are_the_file_s_own(tmp_path: Path) -> None:
    """Cron starts us in any folder; the paths must not depend on it."""
    file = tmp_path / "config.yaml"
    file.write_text("news: {remote: ../news}")
    config = load_config(file, {})
    assert config.state_dir == tmp_path / "var"
    assert Path(config.news.remote) == tmp_path / ".." / "news"
    for remote in ("https://example.invalid/n.git", "git@example.invalid:n.git"):
        file.write_text(f"news: {{remote: '{remote}'}}")
        assert load_config(file, {}).news.remote == remote


def test_a_converter_is_a_program_that_is_given_the_file(tmp_path: Path) -> None:
    for wrong in ("[pandoc]", "['{in}']", "['', '{in}']", "[pandoc, in]"):
        (said,) = problems(tmp_path, f"documents: {{convert: {wrong}}}")
        assert said.startswith("documents.convert: must be a program"), wrong
    file = tmp_path / "config.yaml"
    for word, program in (("pandoc", "pandoc"), ("./mine", str(tmp_path / "mine"))):
        file.write_text(f"documents: {{convert: [{word}, '--in={{in}}']}}")
        found = load_config(file, {}).documents.convert
        assert found == (program, "--in={in}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fetch: {delay: 1, delay: 2}", "delay stands twice"),
        ("sources: []", "sources: "),
        ("ministries: 국방부", "ministries: input should be a valid list"),
        ("news: {author_email: 'a <b>'}", "must be a mail address"),
        ("fetch: {ca_file: nope.pem}", "fetch.ca_file: no such file nope.pem"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert said in problem


def test_a_section_without_keys_is_its_defaults(tmp_path: Path) -> None:
    """The file tells operators to delete what they do not change."""
    file = tmp_path / "config.yaml"
    file.write_text("post:\nfetch:\n  delay:\n")
    assert load_config(file, {}).fetch.delay == 2.0


@pytest.mark.parametrize(
    "text",
    [
        "news: {token_env: ghp_abcDEF123456}",
        "site: {base_url: 'https://me:s3cret@www.korea.kr'}",
        "ministries: 'https://me:s3cret@x'",
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path, text: str) -> None:
    (problem,) = problems(tmp_path, text)
    assert "ghp_" not in problem
    assert "s3cret" not in problem


def test_ssh_hosts_without_a_user_and_home_folders(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("news: {remote: 'forge:news.git', directory: '~/posts'}")
    config = load_config(file, {})
    assert config.news.remote == "forge:news.git"
    assert config.news.directory == Path.home() / "posts"
