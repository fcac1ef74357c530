"""``scrape check`` and ``scrape repair``: files, tables, machines, exit codes."""

import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from publishers.check import RULES, Finding
from publishers.check.report import annotation, as_sarif
from scraper.cli import repair_posts
from scraper.cli.commands import app
from scraper.cli.judge_posts import judge_all
from scraper.cli.post_files import find_posts
from tests.checking import HEAD, OPTIONS, post

SPELT = "자료출처: 정책브리핑 https://www.korea.kr"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a site with a good post, a broken one, and one a person must mend."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BODOJARYO_NOW", "2026-11-25T12:00:00+09:00")
    folder = tmp_path / "site"
    write(folder / "_posts/2026-11-18-a.md", numbered(1))
    write(
        folder / "_posts/2026-11-19-b.md",
        numbered(2)
        .replace('"길 2"', "'길' 2")
        .replace("자료출처=정책브리핑 www", "출처: 정책브리핑 www"),
    )
    write(folder / "_posts/2026-11-20-c.md", numbered(3, "<script>go()</script>"))
    write(folder / "README.md", "no post\n")
    write(folder / "_site/2026-11-20-c.md", "built\n")
    return folder


@pytest.fixture
def closed(site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a post that nobody may read, not even root; as seen from here."""
    real = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == "2026-11-17-closed.md":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    write(site / "_posts/2026-11-17-closed.md", numbered(4))
    return Path("site/_posts/2026-11-17-closed.md")


def numbered(number: int, text: str = "") -> str:
    address = f"https://www.example.go.kr/v?newsId=14800000{number}"
    head = f'title: "길 {number}"\ncanonical_url: "{address}"\n'
    return post(text or f"{number}번 길.", head=head)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


def test_check_tells_findings_files_and_classes(site: Path) -> None:
    done = run("check", "site")
    assert done.exit_code == 3
    assert "_posts/2026-11-20-c.md:8:1: error html-active: <script>" in done.output
    for word in ("yaml-invalid", "credit-spelling", "mendable", "2026-11-19-b.md"):
        assert word in done.output
    last = done.output.strip().splitlines()[-1]
    assert last == "3 posts, 2 with 3 defects; scrape repair mends 2 of them"


def test_a_clean_folder_is_exit_0(site: Path) -> None:
    (site / "_posts/2026-11-19-b.md").unlink()
    (site / "_posts/2026-11-20-c.md").unlink()
    done = run("check", "site")
    assert (done.exit_code, done.output) == (0, "1 posts, no defects\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "nowhere"),
        ("check", "site/_posts/none"),
        ("check", "site", "--json", "--github"),
        ("check", "site", "--json", "--sarif", "-"),
        ("check", "site", "--github", "--sarif", "-"),
        ("check", "site", "--profile", "none"),
        ("repair", "nowhere"),
        ("check",),
    ],
)
def test_wrong_usage_is_exit_2(site: Path, arguments: tuple[str, ...]) -> None:
    (site / "_posts/none").mkdir()
    assert run(*arguments).exit_code == 2


def test_check_changes_nothing(site: Path) -> None:
    before = {f: f.read_bytes() for f in site.rglob("*.md")}
    run("check", "site")
    run("repair", "site")
    assert {f: f.read_bytes() for f in site.rglob("*.md")} == before


def test_json_has_all_of_it(site: Path) -> None:
    done = run("check", "site", "--json")
    found = json.loads(done.stdout)
    assert (found["exit_code"], found["posts"], found["posts_with_defects"]) == (
        3,
        3,
        2,
    )
    assert found["counts"] == {
        "yaml-invalid": 1,
        "credit-spelling": 1,
        "html-active": 1,
    }
    assert found["findings"][-1] == {
        "path": "_posts/2026-11-20-c.md",
        "line": 8,
        "column": 1,
        "rule": "html-active",
        "level": "error",
        "message": "<script>",
        "mechanical": False,
    }


def test_only_posts_are_looked_at(site: Path) -> None:
    """With ``_posts`` it is these; without, every Markdown file but pages."""
    names = [file.name for file in find_posts(site)]
    assert names == ["2026-11-18-a.md", "2026-11-19-b.md", "2026-11-20-c.md"]
    hugo = site.parent / "hugo"
    write(hugo / "content/posts/a.md", post())
    write(hugo / "content/_index.md", post())
    write(hugo / "public/b.md", post())
    write(hugo / ".git/c.md", post())
    write(hugo / "layouts/single.html", "x")
    write(hugo / "README.md", "x")
    assert [file.name for file in find_posts(hugo)] == ["a.md"]


def test_a_folder_of_posts_itself_can_be_named(site: Path) -> None:
    assert len(find_posts(site / "_posts")) == 3


def test_a_profile_asks_for_its_keys(site: Path) -> None:
    done = run("check", "site", "--profile", "newsdao")
    assert "newsdao posts have feature_text:" in done.output


def test_the_configuration_tells_profile_and_banner(site: Path) -> None:
    banner = "https://cdn.example/a.jpg"
    write(site / "_posts/2026-11-19-b.md", numbered(2, f"![속보]({banner})"))
    assert "image-remote" in run("check", "site").output
    config = site.parent / "config.yaml"
    write(config, f"post: {{profile: newsdao, banner: {{path: '{banner}', alt: a}}}}\n")
    done = run("check", "site", "--config", "config.yaml")
    assert "image-remote" not in done.output
    assert "newsdao posts have" in done.output


#: What SARIF 2.1.0 asks of the parts that we write, after its own schema, with which a
#: whole log of ours was compared once.
TEXT = {
    "type": "object",
    "required": ["text"],
    "additionalProperties": False,
    "properties": {"text": {"type": "string", "minLength": 1}},
}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
PLACE = {
    "type": "object",
    "required": ["artifactLocation", "region"],
    "additionalProperties": False,
    "properties": {
        "artifactLocation": {
            "type": "object",
            "required": ["uri"],
            "additionalProperties": False,
            "properties": {"uri": {"type": "string", "pattern": "^[!-~]+$"}},
        },
        "region": {
            "type": "object",
            "required": ["startLine"],
            "additionalProperties": False,
            "properties": {
                "startLine": {"type": "integer", "minimum": 1},
                "startColumn": {"type": "integer", "minimum": 1},
            },
        },
    },
}
RULE = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string"},
        "shortDescription": TEXT,
        "defaultConfiguration": {
            "type": "object",
            "additionalProperties": False,
            "properties": {"level": LEVEL},
        },
    },
}
RESULT = {
    "type": "object",
    "required": ["message", "ruleId", "locations"],
    "additionalProperties": False,
    "properties": {
        "ruleId": {"enum": list(RULES)},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"physicalLocation": PLACE},
            },
        },
        "properties": {"type": "object"},
    },
}
DRIVER = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string"},
        "version": {"type": "string"},
        "rules": {"type": "array", "items": RULE, "uniqueItems": True},
    },
}
RUN = {
    "type": "object",
    "required": ["tool", "results"],
    "additionalProperties": False,
    "properties": {
        "tool": {
            "type": "object",
            "required": ["driver"],
            "additionalProperties": False,
            "properties": {"driver": DRIVER},
        },
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "results": {"type": "array", "items": RESULT},
    },
}
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "items": RUN, "minItems": 1},
    },
}


def test_sarif_is_of_the_form(site: Path) -> None:
    done = run("check", "site", "--sarif", "out.sarif")
    assert done.exit_code == 3
    log = json.loads((site.parent / "out.sarif").read_text("utf-8"))
    jsonschema.validate(log, SARIF)
    results = log["runs"][0]["results"]
    assert len(results) == 3
    for result in results:
        assert list(RULES)[result["ruleIndex"]] == result["ruleId"]
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert (site.parent / uri).is_file()


def test_sarif_names_files_by_addresses() -> None:
    findings = [
        Finding("새 길%/a b.md", 0, 0, "twin-id", "길"),
        Finding("\udcff.md", 3, 2, "encoding", "길"),
    ]
    log = as_sarif(findings, ".", "1")
    jsonschema.validate(log, SARIF)
    places = [r["locations"][0]["physicalLocation"] for r in log["runs"][0]["results"]]
    uris = [place["artifactLocation"]["uri"] for place in places]
    assert uris == ["%EC%83%88%20%EA%B8%B8%25/a%20b.md", "%FF.md"]
    assert [place["region"] for place in places] == [
        {"startLine": 1},
        {"startLine": 3, "startColumn": 2},
    ]


def test_a_sarif_file_that_cannot_be_written_is_exit_73(site: Path) -> None:
    done = run("check", "site", "--sarif", "none/out.sarif")
    assert type(done.exception).__name__ == "StorageError"


def test_sarif_on_stdout_stands_there_alone(site: Path) -> None:
    done = run("check", "site", "--sarif", "-")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["version"] == "2.1.0"


@pytest.mark.parametrize("command", ["check", "repair"])
@pytest.mark.parametrize("call", ["scandir", "stat"])
def test_a_folder_that_cannot_be_read_is_not_a_clean_one(
    site: Path, monkeypatch: pytest.MonkeyPatch, command: str, call: str
) -> None:
    """Its posts were passed over in silence, or a traceback was shown."""
    real = getattr(os, call)

    def closed(path: Any, *rest: Any, **named: Any) -> Any:
        if "closed" in str(path):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *rest, **named)

    write(site / "_posts/closed/2026-11-21-d.md", numbered(4))
    monkeypatch.setattr(os, call, closed)
    done = run(command, "site")
    assert type(done.exception).__name__ == "StorageError"
    assert "cannot read site/_posts/closed" in str(done.exception)


def test_a_file_that_cannot_be_read_is_a_defect_and_the_rest_is_judged(
    site: Path, closed: Path
) -> None:
    """One such file among ten thousand kept all others from being told."""
    done = run("check", "site", "--json")
    assert done.exit_code == 3
    told = json.loads(done.stdout)
    assert told["posts"] == 4
    [finding] = [one for one in told["findings"] if one["rule"] == "unreadable"]
    assert finding["path"] == f"_posts/{closed.name}"
    assert finding["message"] == "Permission denied"
    assert "html-active" in told["counts"]


def test_a_file_that_cannot_be_read_is_left_and_the_rest_is_mended(
    site: Path, closed: Path
) -> None:
    done = run("repair", "site", "--write")
    assert done.exit_code == 3
    assert f"left as it is: {closed}: cannot be read: Permission denied" in done.stderr
    assert "title: \"'길' 2\"" in (site / "_posts/2026-11-19-b.md").read_text("utf-8")


def test_a_name_in_an_annotation_cannot_act_on_a_log() -> None:
    hostile = Finding("\x1b[31m a  b.md", 0, 0, "title-cut", "m")
    assert "file=\ufffd[31m a  b.md," in annotation(hostile, "")


def test_annotations_are_one_line_and_escaped(site: Path) -> None:
    """GitHub runs what begins with two colons; a title must not begin a line."""
    done = run("check", "site", "--github")
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("::error file=site/_posts/2026-11-") for line in lines)
    hostile = Finding(
        "a,b:c%/x\n::y.md", 2, 3, "title-cut", "100%\r\n::set-env name=a::"
    )
    line = annotation(hostile, "site")
    assert "\n" not in line and "\r" not in line  # noqa: PT018
    assert line.startswith(
        "::warning file=site/a%2Cb%3Ac%25/x%0A%3A%3Ay.md,line=2,col=3,title=title-cut::"
    )
    assert "100%25 ::set-env" in line


def test_many_posts_are_judged_side_by_side_to_the_same_end(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = find_posts(site)
    alone = judge_all(site, files, OPTIONS)
    monkeypatch.setattr("scraper.cli.judge_posts.WORTH_PROCESSES", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert judge_all(site, files, OPTIONS) == alone


def test_repair_shows_a_diff_and_writes_on_demand(site: Path) -> None:
    file = site / "_posts/2026-11-19-b.md"
    os.chmod(file, 0o664)
    done = run("repair", "site")
    assert done.exit_code == 0
    assert "-title: '길' 2\n+title: \"'길' 2\"\n" in done.stdout
    assert "3 posts, 1 would be mended; --write does it" in done.stderr
    written = run("repair", "site", "--write")
    assert written.exit_code == 0
    assert written.stdout == ""
    assert "3 posts, 1 mended" in written.stderr
    assert "title: \"'길' 2\"\n" in file.read_text("utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o664
    assert sorted(p.name for p in file.parent.iterdir())[1] == file.name
    assert "3 posts, 0 mended" in run("repair", "site", "--write").stderr


def test_the_diff_is_one_that_git_takes(site: Path) -> None:
    """Also at the end of a file that has no last line end."""
    file = site / "_posts/2026-11-19-b.md"
    broken = numbered(2).rstrip("\n").replace("=정책브리핑", ": 정책브리핑")
    file.write_text(broken, "utf-8")
    diff = run("repair", "site").stdout
    assert "\\ No newline at end of file\n" in diff
    subprocess.run(["git", "apply"], input=diff.encode(), check=True)
    shown = file.read_bytes()
    file.write_text(broken, "utf-8")
    run("repair", "site", "--write")
    assert file.read_bytes() == shown != broken.encode()


def test_repair_leaves_links_alone(site: Path) -> None:
    """Writing there would put a file where the link was."""
    target = site.parent / "elsewhere.md"
    file = site / "_posts/2026-11-19-b.md"
    file.rename(target)
    file.symlink_to(target)
    done = run("repair", "site", "--write")
    assert done.exit_code == 3
    assert "it is a link to another file" in done.stderr
    assert file.is_symlink()


def test_repair_does_not_overwrite_what_changed_meanwhile(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = site / "_posts/2026-11-19-b.md"
    mend = repair_posts.mend

    def slow(name: str, content: bytes, options: object) -> object:
        made = mend(name, content, options)  # type: ignore[arg-type]
        if name.endswith("b.md"):
            file.write_text("somebody else's", "utf-8")
        return made

    monkeypatch.setattr(repair_posts, "mend", slow)
    done = run("repair", "site", "--write")
    assert "it changed meanwhile" in done.stderr
    assert file.read_text("utf-8") == "somebody else's"


def test_names_and_messages_cannot_act_on_a_terminal(site: Path) -> None:
    name = "2026-11-20-\x1b[31mred.md"
    write(site / "_posts" / name, post("\x1b[2J지운다", head=HEAD))
    done = run("check", "site")
    assert "\x1b" not in done.output
    assert "name-reserved" in done.output
