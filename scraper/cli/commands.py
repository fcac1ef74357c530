"""What the command ``scrape`` understands: its sub-commands and options.

Heavy modules are imported where they are used: ``scrape --help`` needs none of them.
"""

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Annotated

import typer

from scraper import __version__

app = typer.Typer(
    name="scrape",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigFile = Annotated[
    Path, typer.Option("--config", help="The configuration; paths in it are its own.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change one key, for this run."),
]

Restore = Annotated[
    bool,
    typer.Option(
        "--allow-restore", help="Publish again all that a rewritten history lost."
    ),
]


def needed(arguments: Sequence[str]) -> typer.Typer:
    """Return the command without its sub-commands, where none can be meant.

    Making all of them takes longer than reading a listing.
    """
    before = ("", *arguments)
    named = any(
        not word.startswith("-") and not before[at].startswith("-")
        for at, word in enumerate(arguments)
    )
    if named or not {"-h", "--help"}.isdisjoint(arguments):
        return app
    alone = copy(app)
    alone.registered_commands, alone.registered_groups = [], []
    return alone


def _check_choice(value: str, option: str, known: tuple[str, ...]) -> None:
    if value and value not in known:
        raise typer.BadParameter(f"must be {' or '.join(known)}", param_hint=option)


def overrides_of(
    given: list[str] | None, *, to: str = "", profile: str = ""
) -> list[str]:
    """Return ``--set`` and the options that are short for it.

    Raises:
        typer.BadParameter: not one of the choices.
    """
    _check_choice(to, "--to", ("git", "pr", "directory"))
    if profile:
        from scraper.post_settings import PROFILES

        _check_choice(profile, "--profile", PROFILES)
    overrides = [*(given or ())]
    overrides += [f"news.to={to}"] if to else []
    overrides += [f"post.profile={profile}"] if profile else []
    return overrides


def _show_version(asked: bool) -> None:
    if asked:
        print(f"bodojaryo {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def scrape(
    context: typer.Context,
    since: Annotated[
        str,
        typer.Option(help="First day: 2026-11-20, today, yesterday, 3d; or 36h."),
    ] = "",
    until: Annotated[str, typer.Option(help="Last day, in the same forms.")] = "",
    source: Annotated[
        list[str] | None, typer.Option(help="Only this source; again for more.")
    ] = None,
    ministry: Annotated[
        list[str] | None,
        typer.Option(help="Only this ministry, by name or code; again for more."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Look into so many releases at most.")
    ] = None,
    to: Annotated[str, typer.Option(help="git, pr or directory.")] = "",
    profile: Annotated[str, typer.Option(help="plain, hugo and so on.")] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do all but publish and remember.")
    ] = False,
    allow_restore: Restore = False,
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
    json_file: Annotated[
        str,
        typer.Option("--json", metavar="FILE", help="Write the report; - is stdout."),
    ] = "",
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Tell the version."
        ),
    ] = False,
) -> None:
    """Republish press releases of korea.kr to a news repository.

    Without --since: from the last day that was read whole, on a first run from
    yesterday. Days are Korean days, bounds are inclusive.
    """
    del version
    if context.invoked_subcommand is not None:
        return
    from scraper.cli.run import Options, run_once

    options = Options(
        since=since,
        until=until,
        sources=tuple(source or ()),
        ministries=tuple(ministry or ()),
        limit=limit,
        dry_run=dry_run,
        json_file=json_file,
        allow_restore=allow_restore,
    )
    overrides = overrides_of(set_, to=to, profile=profile)
    raise typer.Exit(run_once(config, overrides, options))


@app.command()
def show(
    news_id: Annotated[str, typer.Argument(metavar="ID", help="The release's newsId.")],
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
) -> None:
    """Tell what is known of one release, and why it is where it is."""
    from scraper.cli.others import show_release

    raise typer.Exit(show_release(config, set_ or [], news_id))


@app.command()
def status(
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print values for scripts.")
    ] = False,
    html: Annotated[
        str, typer.Option(metavar="FILE", help="Write a page of it; - is stdout.")
    ] = "",
) -> None:
    """Tell whether all is there and goes on: days, gaps, held, failed. No network.

    Exit code 0 if all is well, 3 if a person should look.
    """
    from scraper.cli.status import show_status

    raise typer.Exit(show_status(config, set_ or [], as_json=as_json, html=html))


@app.command()
def extract(
    paths: Annotated[list[Path], typer.Argument(help="Documents, or folders of them.")],
    out: Annotated[
        Path, typer.Option(help="Folder for <file name>.md, made if absent.")
    ],
) -> None:
    """Turn documents into Markdown: their full text, in order. No network."""
    from scraper.cli.others import extract_documents

    raise typer.Exit(extract_documents(paths, out))


@app.command()
def reparse(
    news_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only these releases.")
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Write what changed to the news target.")
    ] = False,
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
    json_file: Annotated[
        str,
        typer.Option("--json", metavar="FILE", help="Write the report; - is stdout."),
    ] = "",
) -> None:
    """Read, judge and render again what the archive has. No network but the news's."""
    from scraper.cli.others import reparse_archive

    raise typer.Exit(
        reparse_archive(config, set_ or [], news_ids or [], publish, json_file)
    )


@app.command("daemon")
def keep_running(
    config: ConfigFile = Path("config.yaml"), set_: Overrides = None
) -> None:
    """Run at the times of schedule: in the configuration, until a signal.

    SIGTERM and SIGINT end it within ten seconds, SIGHUP reads the configuration again.
    """
    from scraper.cli.daemon import run_daemon

    raise typer.Exit(run_daemon(config, set_ or []))


@app.command()
def publish(
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
    allow_restore: Restore = False,
    to: Annotated[str, typer.Option(help="git, pr or directory.")] = "",
    json_file: Annotated[
        str,
        typer.Option("--json", metavar="FILE", help="Write the report; - is stdout."),
    ] = "",
) -> None:
    """Publish what is due from what earlier runs fetched. No network but the news's.

    That is what the news repository did not take, and embargoes that have passed.
    """
    from scraper.cli.run import Options, run_once

    options = Options(json_file=json_file, due_only=True, allow_restore=allow_restore)
    raise typer.Exit(run_once(config, overrides_of(set_, to=to), options))


alarms_app = typer.Typer(help="What is wrong, since when, and what to do.")
app.add_typer(alarms_app, name="alarms")


@alarms_app.callback(invoke_without_command=True)
def alarms(
    context: typer.Context,
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print values for scripts.")
    ] = False,
) -> None:
    """List the alarms that are open; exit 3 if there is one that is not silenced."""
    if context.invoked_subcommand is not None:
        return
    from scraper.cli.alarms import list_alarms

    raise typer.Exit(list_alarms(config, set_ or [], as_json=as_json))


@alarms_app.command()
def silence(
    cause: Annotated[
        str, typer.Argument(metavar="CAUSE", help="As scrape alarms prints it.")
    ],
    until: Annotated[
        str, typer.Option(help="Last silent day, such as 2026-12-01, in Korea.")
    ],
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
) -> None:
    """Tell nobody of a cause until the end of a day; its end is told all the same."""
    from scraper.cli.alarms import silence_alarm

    raise typer.Exit(silence_alarm(config, set_ or [], cause, until))


@app.command()
def doctor(
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print values for scripts.")
    ] = False,
) -> None:
    """Look at all that a run needs, and name what is wrong; nothing is published.

    It asks the site for a few pages, the Open API for one call, and the news repository
    for leave to push.
    """
    from scraper.cli.doctor import examine

    raise typer.Exit(examine(config, set_ or [], as_json=as_json))


sources_app = typer.Typer(help="The sections of the site, and how they are read.")
app.add_typer(sources_app, name="sources")


@sources_app.callback(invoke_without_command=True)
def sources(
    context: typer.Context,
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print values for scripts.")
    ] = False,
) -> None:
    """List every section and the Open API: open or closed, and how reading goes."""
    if context.invoked_subcommand is not None:
        return
    from scraper.cli.health import show_sources

    raise typer.Exit(show_sources(config, set_ or [], as_json=as_json))


@sources_app.command()
def check(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The section.")],
    place: Annotated[
        str,
        typer.Argument(
            metavar="URL_OR_FILE", help="A page or listing of the site, or a file."
        ),
    ],
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print values for scripts.")
    ] = False,
) -> None:
    """Tell what would be parsed from one page, field by field. Nothing is kept."""
    from scraper.cli.checked import check_page

    raise typer.Exit(check_page(config, set_ or [], name, place, as_json=as_json))


@app.command()
def prune(
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
) -> None:
    """Delete attachments kept longer than archive.keep_days; pages stay."""
    from scraper.cli.others import prune_archive

    raise typer.Exit(prune_archive(config, set_ or []))


@app.command()
def preview(
    news_ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="These releases; else the newest."),
    ] = None,
    out: Annotated[
        str,
        typer.Option(metavar="FILE", help="Write it there, open nothing; - is stdout."),
    ] = "",
    config: ConfigFile = Path("config.yaml"),
    set_: Overrides = None,
) -> None:
    """Show posts as readers will get them, on one local page; held ones say why.

    They are rendered from the archive. No network; nothing is published.
    """
    from scraper.cli.preview import preview as show_preview

    raise typer.Exit(show_preview(config, set_ or [], news_ids or [], out))


@app.command()
def init(
    profile: Annotated[str, typer.Argument(metavar="PROFILE", help="As post.profile.")],
    folder: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where to; made if absent.")
    ] = Path(),
) -> None:
    """Write a small news site for one generator, its configuration and its CI.

    For plain, newsdao, alembic and chirpy (Jekyll), hugo, mkdocs-material, eleventy and
    astro. No file is ever replaced.
    """
    from scraper.cli.init import SITES, init_site

    _check_choice(profile, "PROFILE", tuple(SITES))
    raise typer.Exit(init_site(profile, folder))


PostsFolder = Annotated[
    Path, typer.Argument(metavar="DIR", help="The folder of posts, or the site's.")
]
PostsProfile = Annotated[
    str, typer.Option(help="Hold the posts to this house style too.")
]
PostsConfig = Annotated[
    Path | None,
    typer.Option("--config", help="Take profile and banner from a configuration."),
]


@app.command("check")
def check_folder(
    folder: PostsFolder,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print values for scripts.")
    ] = False,
    sarif: Annotated[
        str, typer.Option(metavar="FILE", help="Write SARIF 2.1.0, for code scanning.")
    ] = "",
    github: Annotated[
        bool, typer.Option("--github", help="Print annotations for GitHub Actions.")
    ] = False,
    profile: PostsProfile = "",
    config: PostsConfig = None,
) -> None:
    """Tell what is wrong with the posts of a folder, whoever made them; change nothing.

    Exit 3 if there are defects, 0 if there are none.
    """
    from scraper.cli.judge_posts import check_posts

    raise typer.Exit(
        check_posts(
            folder,
            as_json=as_json,
            sarif=sarif,
            github=github,
            profile=profile,
            config=config,
        )
    )


@app.command("repair")
def repair_folder(
    folder: PostsFolder,
    write: Annotated[
        bool, typer.Option("--write", help="Change the files; without it, show how.")
    ] = False,
    profile: PostsProfile = "",
    config: PostsConfig = None,
) -> None:
    """Mend what needs no person in the posts of a folder: never a word of them.

    Quotes in front matter, dates, the credit's wording, addresses, escapes, characters
    nobody sees. The default is a diff. A file whose words would change stays as it is.
    """
    from scraper.cli.repair_posts import repair_posts

    raise typer.Exit(repair_posts(folder, write=write, profile=profile, config=config))
