"""Which forge a configuration means, where its API is, and what to mend otherwise."""

from pathlib import Path
from typing import Any

import pytest
from forge_fake import TOKEN as CANARY
from forge_places import serve
from pydantic import SecretStr

from publishers.forges.gitea import Gitea
from publishers.forges.github import GitHub
from publishers.forges.gitlab import GitLab
from scraper.cli.exits import exit_code
from scraper.cli.forge import forge_of
from scraper.errors import ConfigError
from scraper.settings import Config, News, PullRequest

TOKEN = "canary-0123456789"


def forge(remote: str, *, token: str | None = TOKEN, ca_file: str = "", **how: Any):
    """Return the forge of a configuration."""
    asked = PullRequest(**how)
    news = News(to="pr", remote=remote, pull_request=asked, ca_file=ca_file)
    secret = SecretStr(token) if token else None
    config = Config.model_construct(news=news, token=secret)
    return forge_of(config, lambda seconds: None)


def refusal(*arguments: Any, **how: Any) -> str:
    with pytest.raises(ConfigError) as raised:
        forge(*arguments, **how)
    assert exit_code(raised.value) == 78
    words = str(raised.value)
    assert TOKEN not in words
    assert "\n" not in words
    return words


@pytest.mark.parametrize(
    ("remote", "kind", "page"),
    [
        ("https://github.com/a/b.git", GitHub, "https://github.com/a/b/compare/"),
        ("git@github.com:a/b.git", GitHub, "https://github.com/a/b/compare/"),
        (
            "ssh://git@ssh.github.com:443/a/b",
            GitHub,
            "https://github.com/a/b/compare/",
        ),
        ("https://news.ghe.com/a/b", GitHub, "https://news.ghe.com/a/b/compare/"),
        ("https://github.go.kr/a/b", GitHub, "https://github.go.kr/a/b/compare/"),
        (
            "https://gitlab.com/a/b/c.git",
            GitLab,
            "https://gitlab.com/a/b/c/-/merge_requests/new?",
        ),
        (
            "git@altssh.gitlab.com:a/b.git",
            GitLab,
            "https://gitlab.com/a/b/-/merge_requests/new?",
        ),
        (
            "https://gitlab.example.go.kr:8443/a/b",
            GitLab,
            "https://gitlab.example.go.kr:8443/a/b/-/merge_requests/new?",
        ),
        (
            "ssh://git@gitlab.example.go.kr:2222/a/b.git",
            GitLab,
            "https://gitlab.example.go.kr/a/b/-/merge_requests/new?",
        ),
        ("https://codeberg.org/a/b.git", Gitea, "https://codeberg.org/a/b/compare/"),
        ("https://Gitea.com/a/b", Gitea, "https://Gitea.com/a/b/compare/"),
        ("git@gitea.go.kr:a/b.git", Gitea, "https://gitea.go.kr/a/b/compare/"),
        ("https://forgejo.go.kr/a/b", Gitea, "https://forgejo.go.kr/a/b/compare/"),
    ],
)
def test_forge_is_known_by_the_host(remote, kind, page):
    found = forge(remote)
    assert isinstance(found, kind)
    assert found.compare_url("news").startswith(page)


@pytest.mark.parametrize(
    ("kind", "made", "api"),
    [
        ("github", GitHub, "https://git.go.kr/api/v3"),
        ("gitlab", GitLab, "https://git.go.kr/api/v4"),
        ("gitea", Gitea, "https://git.go.kr/api/v1"),
    ],
)
def test_configuration_tells_the_forge_of_any_host(kind, made, api):
    found = forge("https://git.go.kr/a/b.git", forge=kind)
    assert isinstance(found, made)
    assert found._client._api_url == api


@pytest.mark.parametrize(
    ("kind", "name"),
    [("gitlab", "newsroom/desk/news"), ("gitea", "newsroom/news")],
)
def test_forge_is_spoken_to_as_it_wants(kind, name, tmp_path: Path):
    """Address, token and name of the repository, as made from a configuration."""
    with serve(kind, tmp_path) as place:
        remote = f"{place.fake.api_url}/{name}.git"
        found = forge(remote, token=CANARY, forge=kind)
        assert found.pulls("bodojaryo") == []
    assert {exchange.status for exchange in place.fake.exchanges} == {200}


def test_configuration_overrules_the_name_of_the_host():
    assert isinstance(forge("https://github.go.kr/a/b", forge="gitea"), Gitea)


@pytest.mark.parametrize(
    ("kind", "api", "page"),
    [
        ("gitlab", "https://go.kr/lab/api/v4", "https://go.kr/lab/a/b/-/merge_"),
        ("gitea", "https://go.kr/lab/api/v1/", "https://go.kr/lab/a/b/compare/"),
    ],
)
def test_folder_a_forge_lives_in_is_no_part_of_the_name(kind, api, page):
    found = forge("https://go.kr/lab/a/b.git", forge=kind, api_url=api)
    assert found.compare_url("news").startswith(page)


def test_host_that_tells_nothing_is_asked_for():
    words = refusal("https://git.go.kr/a/b.git")
    assert "news.pull_request.forge: say which forge git.go.kr is" in words
    assert "github, gitlab or gitea" in words


@pytest.mark.parametrize("remote", ["./news", "/srv/news.git", "file:///srv/news.git"])
def test_folder_is_on_no_forge(remote):
    assert f"news.remote: {remote} is on no forge" in refusal(remote)


def test_token_is_needed():
    assert "news.token_env" in refusal("https://github.com/a/b", token=None)


@pytest.mark.parametrize(
    ("remote", "how"),
    [
        ("https://github.com/a", {}),
        ("https://github.com/a/b/c", {}),
        ("https://codeberg.org/a/b/c", {}),
        ("https://gitlab.com/b", {}),
        ("https://gitlab.com/a//b", {}),
        (
            "https://go.kr/lab/b",
            {"forge": "gitea", "api_url": "https://go.kr/lab/api/v1"},
        ),
    ],
)
def test_what_is_no_name_of_a_repository_is_told(remote, how):
    assert "is no owner/name" in refusal(remote, **how)


def test_api_in_the_open_gets_no_token():
    words = refusal("http://gitlab.go.kr/a/b")
    assert "not the address of a forge's API" in words


def test_token_no_header_can_hold_is_refused_unseen():
    words = refusal("https://gitlab.com/a/b", token="two\nlines")
    assert "blanks" in words
    assert "two" not in words


@pytest.mark.parametrize(
    "host", ["github.com", "gitlab.com", "codeberg.org"], ids=lambda host: host
)
def test_authorities_of_ones_own_are_trusted_on_every_forge(host, tmp_path: Path):
    missing = tmp_path / "authorities.pem"
    words = refusal(f"https://{host}/a/b", ca_file=str(missing))
    assert str(missing) in words


def test_gitlab_says_what_a_job_token_cannot():
    assert "CI_JOB_TOKEN" in forge("https://gitlab.com/a/b")._client._refused_hint
