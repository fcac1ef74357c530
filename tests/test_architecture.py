"""The arrows: which module may know which, held against the imports."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Modules that touch the world; every other one is pure.
IO = {
    "scraper.alarm_book",
    "scraper.again",
    "scraper.archive",
    "scraper.cli",
    "scraper.config",
    "scraper.database",
    "scraper.diary",
    "scraper.documents.cache",
    "scraper.documents.convert",
    "scraper.documents.pipes",
    "scraper.documents.server",
    "scraper.documents.worker",
    "scraper.fetch",
    "scraper.followed",
    "scraper.notify",
    "scraper.originals",
    "scraper.schedule",
    "scraper.state",
    "publishers.branches",
    "publishers.directory",
    "publishers.files",
    "publishers.forges",
    "publishers.git",
    "publishers.lookout",
    "publishers.rolling",
}

#: Pure rooms inside those that are not.
PURE_WITHIN = {
    "publishers.forges._answers",
    "publishers.forges._pace",
    "publishers.git.commit",
    "publishers.git.verdict",
    "scraper.fetch.answers",
    "scraper.fetch.inflate",
    "scraper.fetch.manners",
    "scraper.fetch.robots",
    "scraper.notify.words",
}

#: Joiners: they import the stages and hand values on; they touch nothing themselves.
JOINERS = {
    "scraper.accounts",
    "scraper.gone",
    "scraper.job",
    "scraper.look_back",
    "scraper.looks",
    "scraper.stages",
    "scraper.links",
    "scraper.pipeline",
    "scraper.prepare",
    "scraper.read",
    "scraper.recheck",
    "scraper.reconcile",
    "scraper.reparse",
    "scraper.rewrite",
    "scraper.settle",
    "scraper.stated",
    "scraper.take",
    "scraper.windows",
}

#: What no pure module may import.
WORLD = {
    *("httpx", "httpcore", "subprocess", "sqlite3", "os", "socket", "time", "logging"),
    *("tempfile", "shutil", "fcntl", "signal", "threading"),
}

#: Everybody may use these: nouns, errors, plain text, the text of blocks.
SHARED = {
    "scraper",
    "scraper.model",
    "scraper.errors",
    "scraper.notices",
    "scraper.text",
    "scraper.blocks",
}

#: Arrows between pure stages, beyond those inside one family.
ARROWS = {
    ("scraper.alarms", "scraper.alarm"),
    ("scraper.alarms", "scraper.report"),
    ("scraper.alarms", "scraper.silence"),
    ("scraper.alarms", "scraper.workdays"),
    ("scraper.silence", "scraper.workdays"),
    ("scraper.notify.words", "scraper.alarm"),
    ("scraper.normalize", "scraper.ministries"),
    ("scraper.settings", "scraper.schedule"),
    ("scraper.settings", "scraper.post_settings"),
    ("scraper.normalize", "scraper.removals"),
    ("scraper.sources.broken_page", "scraper.body"),
    ("publishers.post", "scraper.markdown"),
    ("publishers.post", "scraper.license"),
    ("publishers.excerpt", "scraper.markdown"),
    ("publishers.profiles", "scraper.markdown"),
    ("publishers.pull_text", "scraper.markdown"),
    ("publishers.check", "scraper.license"),
    ("publishers.check", "scraper.markdown"),
    ("publishers.check", "scraper.ministries"),
}

#: Modules that are one room in two or more files.
FAMILIES = (
    {"scraper.body"},
    {"scraper.documents"},
    {"scraper.fetch", "scraper.charset"},
    {"scraper.layout"},
    {"scraper.markdown"},
    {"scraper.sources"},
    {"publishers"},
)

#: Libraries with one job each, and the only places that may use them.
ONLY_IN = {
    "pydantic": {"scraper.config", "scraper.settings", "scraper.post_settings"},
    "pydantic_core": {"scraper.config", "scraper.settings"},
    "typer": {"scraper.cli"},
    "rich": {"scraper.cli"},
    "httpx": {
        *("scraper.fetch", "scraper.fetch.connection", "scraper.fetch.answers"),
        *("publishers.forges", "scraper.notify"),
    },
    "holidays": {"scraper.workdays"},
    "tenacity": {"scraper.fetch", "publishers.forges"},
    "protego": {"scraper.fetch.robots"},
    "sqlite3": {
        "scraper.state",
        "scraper.database",
        "scraper.diary",
        "scraper.alarm_book",
    },
    "apscheduler": {"scraper.schedule"},
    "prometheus_client": {"scraper.cli.health_server"},
    "jinja2": {
        "publishers.profiles.template",
        "scraper.cli.preview",
        "scraper.cli.status_page",
    },
    "bs4": {"scraper.body.loose"},
    "nh3": {"scraper.markdown.last_word"},
}


def modules() -> dict[str, set[str]]:
    """Return every module of ours with what it imports, in any place of it."""
    found = {}
    for package in ("scraper", "publishers"):
        for file in sorted((ROOT / package).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts).removesuffix(".__init__")
            found[name] = imports(ast.parse(file.read_text("utf-8")))
    return found


def imports(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "say the whole name"
            assert node.module
            names |= {node.module} | {f"{node.module}.{a.name}" for a in node.names}
    return names


MODULES = modules()


def is_in(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def is_io(name: str) -> bool:
    return is_in(name, IO) and name not in PURE_WITHIN


def ours(name: str) -> set[str]:
    """Return the modules of ours that a module imports, deepest name only."""
    return {target for target in MODULES[name] if target in MODULES}


@pytest.mark.parametrize("name", sorted(MODULES))
def test_pure_modules_touch_nothing(name: str) -> None:
    if is_io(name):
        return
    tops = {target.split(".")[0] for target in MODULES[name]}
    may_log = {"logging"} if name in JOINERS else set()
    assert not tops & WORLD - may_log


@pytest.mark.parametrize("name", sorted(MODULES))
def test_pure_stages_do_not_know_each_other(name: str) -> None:
    if is_io(name) or name in JOINERS:
        return
    allowed = set(SHARED)
    for family in FAMILIES:
        if is_in(name, family):
            allowed |= family
    for target in ours(name):
        assert (
            is_in(target, allowed - {"scraper"})
            or target == "scraper"
            or any(
                is_in(name, {source}) and is_in(target, {end}) for source, end in ARROWS
            )
        ), f"{name} -> {target}"


@pytest.mark.parametrize("name", sorted(MODULES))
def test_only_the_command_knows_the_publishers(name: str) -> None:
    if name.startswith("scraper") and not is_in(name, {"scraper.cli"}):
        assert not {t for t in MODULES[name] if t.split(".")[0] == "publishers"}


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_has_one_job(library: str) -> None:
    users = {
        name
        for name, targets in MODULES.items()
        if library in {target.split(".")[0] for target in targets}
    }
    assert {user for user in users if not is_in(user, ONLY_IN[library])} == set()


def test_nothing_deserializes_or_evaluates() -> None:
    """State, archive and configuration come from disks others can write to."""
    forbidden = {"pickle", "marshal", "shelve", "dill"}
    for name, targets in MODULES.items():
        assert not {t.split(".")[0] for t in targets} & forbidden, name
    for file in [*ROOT.glob("scraper/**/*.py"), *ROOT.glob("publishers/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec"), file


def test_the_files_that_words_name_are_there() -> None:

    for page in ("README.md", "CONTRIBUTING.md", "docs/decisions.md", "docs/source.md"):
        text = (ROOT / page).read_text("utf-8")
        for name in re.findall(r"`((?:scraper|publishers|tests)/[\w./]+)`", text):
            assert (ROOT / name).exists(), f"{page} names {name}"
