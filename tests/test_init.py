"""``scrape init``: what is written, never over something, and that it works."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from publishers.profiles.houses import HOUSES
from scraper.cli.init import SITES
from scraper.cli.look import posts_dir_of, style_of
from scraper.config import load_config
from tests.newsroom import NOW, Newsroom, run_here
from tests.replica import Site, replica

ROOT = Path(__file__).parents[1]
DAY = "2026-11-24"


def init(profile: str, folder: Path) -> int:
    return run_here(["scrape", "init", profile, str(folder)], NOW)


def files(folder: Path) -> set[str]:
    return {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with replica(seed=5, days=f"{DAY}..{DAY}", releases=12) as made:
        yield made


# --- what is written --------------------------------------------------------------


def test_there_is_a_site_for_every_profile_but_one_s_own() -> None:
    assert {*SITES} == {*HOUSES} - {"custom"}


@pytest.mark.parametrize("profile", SITES)
def test_a_site_has_its_configuration_its_ci_and_what_git_ignores(
    profile: str, tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "site"
    assert init(profile, folder) == 0
    there = files(folder)
    assert {
        "config.yaml",
        ".gitignore",
        ".github/workflows/site.yml",
        ".github/workflows/press-releases.yml",
        SITES[profile].style,
    } <= there
    assert not [name for name in there if "dot-" in name or "@" in Path(name).name]
    ignored = (folder / ".gitignore").read_text("utf-8").split("\n")
    assert {"/var/", "/report.json"} <= {*ignored}
    config = load_config(folder / "config.yaml", {})
    assert config.post.profile == profile
    assert config.news.directory == folder
    assert config.post.folder == HOUSES[profile].folder
    assert posts_dir_of(config) == HOUSES[profile].folder
    assert style_of(config).json_ld


def test_the_workflow_is_the_one_we_keep() -> None:
    ours = ROOT / "scraper/cli/sites/common/dot-github/workflows/press-releases.yml"
    kept = ROOT / "deploy/github/bodojaryo.yml"
    assert ours.read_text("utf-8") == kept.read_text("utf-8")


def test_jekyll_stops_at_a_post_it_cannot_read(tmp_path: Path) -> None:
    init("chirpy", tmp_path)
    settings = yaml.safe_load((tmp_path / "_config.yml").read_text("utf-8"))
    assert settings["strict_front_matter"] is True
    assert "categor" not in settings["permalink"]
    assert {"config.yaml", "var"} <= {*settings["exclude"]}


def test_the_next_steps_are_told_in_three_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    init("hugo", tmp_path / "site")
    said = capsys.readouterr().out.strip().split("\n")
    assert [line[:2] for line in said] == ["1.", "2.", "3."]
    assert "hugo.toml" in said[0]
    assert "content/posts/" in said[1]


# --- never over something ---------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["config.yaml", "hugo.toml", "layouts/_default/list.html"]
)
def test_nothing_is_overwritten_and_then_nothing_is_written(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("mine")
    assert init("hugo", tmp_path) == 73
    assert f"{name} is there already" in capsys.readouterr().err
    assert files(tmp_path) == {name}
    assert (tmp_path / name).read_text() == "mine"


def test_a_second_init_is_refused(tmp_path: Path) -> None:
    assert init("astro", tmp_path) == 0
    assert init("astro", tmp_path) == 73


def test_a_broken_link_in_the_way_is_something_too(tmp_path: Path) -> None:
    (tmp_path / "hugo.toml").symlink_to(tmp_path / "nowhere")
    assert init("hugo", tmp_path) == 73
    assert files(tmp_path) == set()


@pytest.mark.parametrize("name", [".github", ".github/workflows", "layouts"])
def test_a_link_within_the_folder_leads_nowhere_else(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who is handed a folder with a link in it has files written where it leads."""
    there, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (there / name).parent.mkdir(parents=True)
    (there / name).symlink_to(elsewhere, target_is_directory=True)
    assert init("hugo", there) == 73
    [line] = capsys.readouterr().err.strip().splitlines()
    assert f"{there / name} is no folder of its own; nothing is written" in line
    assert list(elsewhere.iterdir()) == []
    assert files(there) == set()


def test_a_file_in_place_of_a_folder_is_told_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "layouts").write_text("mine")
    assert init("hugo", tmp_path) == 73
    assert "layouts is no folder of its own" in capsys.readouterr().err
    assert files(tmp_path) == {"layouts"}


def test_a_link_that_is_the_folder_asked_for_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert init("hugo", tmp_path / "link") == 0
    assert "hugo.toml" in files(tmp_path / "real")


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    assert init("eleventy", tmp_path) == 0
    assert (tmp_path / "README.md").read_text() == "mine"


@pytest.mark.parametrize("profile", ["custom", "jekyll", "../x"])
def test_a_profile_without_a_site_is_a_fault_of_usage(
    profile: str, tmp_path: Path
) -> None:
    assert init(profile, tmp_path) == 2
    assert files(tmp_path) == set()


# --- it works ---------------------------------------------------------------------


@pytest.mark.replica
@pytest.mark.parametrize("profile", SITES)
def test_posts_come_to_where_the_generator_looks(
    profile: str, tmp_path: Path, site: Site
) -> None:
    init(profile, tmp_path)
    report = tmp_path / "report.json"
    command = [
        *("scrape", "--config", str(tmp_path / "config.yaml"), "--since", DAY),
        *("--until", DAY, "--json", str(report), "--set", "fetch.delay=0"),
        *("--set", f"site.base_url={site.base_url}"),
    ]
    assert run_here(command, NOW) == 0
    counts = json.loads(report.read_text("utf-8"))["counts"]
    posts = [f for f in tmp_path.rglob("20*-*.md") if "var" not in f.parts]
    assert len(posts) == counts["published"] > 0
    for post in posts:
        assert post.is_relative_to(tmp_path / HOUSES[profile].folder / "2026" / "11")
    assert run_here(command, NOW) == 0
    counts = json.loads(report.read_text("utf-8"))["counts"]
    assert counts["published"] == 0
    assert counts["known"] == len(posts)


@pytest.mark.replica
def test_a_lost_state_finds_posts_of_any_pattern_in_git(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else every release of before would be published twice, at two addresses."""
    look = 'post: {profile: hugo, path: "{folder}/{year}/{news_id}/index.md"}\n'
    room = Newsroom(tmp_path, site.base_url, look)
    first = room.scrape("--since", DAY, "--until", DAY, capsys=capsys)
    names = room.git("ls-tree", "-r", "--name-only", "main").split("\n")
    assert first.counts["published"] == len(names) > 0
    for name in names:
        assert name.startswith("content/posts/2026/")
        assert name.endswith("/index.md")
    tip = room.tip()
    shutil.rmtree(room.state)
    again = room.scrape("--since", DAY, "--until", DAY, capsys=capsys)
    assert again.counts["published"] == 0
    assert again.counts["known"] == len(names)
    assert room.tip() == tip


@pytest.mark.replica
def test_another_folder_is_another_target(
    tmp_path: Path, site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands in the old folder is not looked for in the new one."""
    room = Newsroom(tmp_path, site.base_url)
    first = room.scrape("--since", DAY, "--until", DAY, capsys=capsys)
    assert first.counts["published"] > 0
    moved = ("--since", DAY, "--until", DAY, "--profile", "hugo")
    second = room.scrape(*moved, capsys=capsys)
    assert second.counts["published"] == first.counts["published"]
    assert room.scrape(*moved, capsys=capsys).counts["published"] == 0


# --- installed --------------------------------------------------------------------


def test_git_keeps_every_file_of_the_sites() -> None:
    """What git ignores would be missing for others."""
    folder = ROOT / "scraper/cli/sites"
    command = ["git", "ls-files", "--", str(folder)]
    kept = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    prefix = "scraper/cli/sites/"
    named = {line.removeprefix(prefix) for line in kept.stdout.split("\n") if line}
    assert {name.replace('"', "") for name in named} == files(folder)
