"""What settings of posts come to is remembered, and never longer than it holds."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.cli import known_look
from scraper.cli.look import posts_dir_of
from scraper.config import load_config
from scraper.settings import Config

HUGO = "post: {profile: hugo}\n"


def config(folder: Path, settings: str = "") -> Config:
    file = folder / "config.yaml"
    file.write_text(settings or "post: {profile: plain}\n", "utf-8")
    (folder / "var").mkdir(exist_ok=True)
    return load_config(file, {})


def test_what_is_remembered_is_what_is_worked_out(tmp_path: Path) -> None:
    for settings in ("", HUGO, "use: {commercial: false}\n"):
        chosen = config(tmp_path, settings)
        first = known_look.made_by(chosen), known_look.posts_dir(chosen)
        again = known_look.made_by(chosen), known_look.posts_dir(chosen)
        assert first == again
        assert first[0] == known_look._made_by(chosen)
        assert first[1] == posts_dir_of(chosen)
        assert again[1].pattern == posts_dir_of(chosen).pattern


def test_it_is_read_while_nothing_changed(tmp_path: Path) -> None:
    chosen = config(tmp_path)
    known_look.made_by(chosen)
    file = tmp_path / "var" / known_look.NAME
    file.write_text(file.read_text("utf-8").replace("documents", "read"), "utf-8")
    assert known_look.made_by(chosen).startswith("read ")
    assert known_look.made_by(config(tmp_path, HUGO)).startswith("documents ")


def test_our_own_code_is_among_what_it_follows_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = tmp_path / "code"
    for folder in known_look.DECIDES:
        (code / folder).mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(known_look, "ROOT", code)
    chosen = config(tmp_path)
    before = known_look._digest(chosen)
    file = code / "publishers" / "post.py"
    file.write_text("POST_VERSION = 1\n", "utf-8")
    os.utime(file, ns=(1, 1))
    made = known_look._digest(chosen)
    os.utime(file, ns=(2, 2))
    assert len({before, made, known_look._digest(chosen)}) == 3


def test_a_template_is_among_what_it_follows_from(tmp_path: Path) -> None:
    template = tmp_path / "post.j2"
    template.write_text("one", "utf-8")
    settings = f"post: {{profile: custom, custom: {{template: {template}}}}}\n"
    one = known_look._digest(config(tmp_path, settings))
    template.write_text("two", "utf-8")
    assert known_look._digest(config(tmp_path, settings)) != one


@pytest.mark.parametrize("broken", ["", "{", "[]", '{"of": 1}', "\udcff"])
def test_a_broken_file_is_worked_out_anew(tmp_path: Path, broken: str) -> None:
    chosen = config(tmp_path)
    file = tmp_path / "var" / known_look.NAME
    file.write_bytes(broken.encode("utf-8", "surrogateescape"))
    assert known_look.made_by(chosen) == known_look._made_by(chosen)
    assert json.loads(file.read_text("utf-8"))["made_by"] == known_look.made_by(chosen)


def test_a_quiet_run_loads_no_reader_and_no_house_style(tmp_path: Path) -> None:
    """Half of all there is to load is for releases that a quiet run has none of."""
    config(tmp_path)
    program = (
        "import sys\n"
        "import scraper.cli.run\n"
        "from scraper.cli import build, target\n"
        "from scraper.config import load_config\n"
        "from pathlib import Path\n"
        f"config = load_config(Path({str(tmp_path / 'config.yaml')!r}), {{}})\n"
        "build.made_by(config), target.target_of(config)\n"
        "print(*sys.modules)"
    )
    command = [sys.executable, "-c", program]
    for _ in range(2):
        out = subprocess.run(command, check=True, capture_output=True, text=True)
    loaded = set(out.stdout.split())
    heavy = {"scraper.stages", "scraper.layout", "scraper.documents", "scraper.looks"}
    heavy |= {"publishers.post", "publishers.profiles", "scraper.embargo", "rich"}
    heavy |= {"jinja2", "nh3", "holidays", "apscheduler", "cryptography"}
    assert not heavy & loaded
