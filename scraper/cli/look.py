"""Config -> how posts look, and where they go."""

from pathlib import Path

from publishers.paths import PostsDir
from publishers.post import Style, posts_dir
from publishers.profiles.custom import check_template
from publishers.profiles.houses import house
from publishers.profiles.values import VALUES
from scraper.errors import ConfigError, PublishError
from scraper.settings import Config


def style_of(config: Config) -> Style:
    """Return how posts look.

    Raises:
        ConfigError: a template or a key of the operator's own cannot be used.
    """
    style = _style(config)
    if problems := [*_problems(style)]:
        raise ConfigError(problems)
    if style.template:
        try:
            check_template(style)
        except PublishError as error:
            raise ConfigError([str(error)]) from None
    return style


def posts_dir_of(config: Config) -> PostsDir:
    """Return the folder of the posts, which knows the form of their paths."""
    return posts_dir(_style(config, with_template=False))


def _style(config: Config, *, with_template: bool = True) -> Style:
    post = config.post
    file = post.custom.template if with_template else None
    return Style(
        profile=post.profile,
        layout=post.layout,
        category=post.category,
        banner_path=post.banner.path,
        banner_alt=post.banner.alt,
        promo_text=post.promo.text,
        promo_url=post.promo.url,
        promo_rel=post.promo.rel,
        contacts=post.contacts,
        site_name=post.site_name,
        feature_heading=post.feature_heading,
        excerpt_length=post.excerpt_length,
        body=post.body,
        folder=post.folder,
        path=post.path,
        categories=tuple(post.categories.items()),
        canonical=post.canonical,
        json_ld=post.json_ld,
        extra=tuple(post.extra.items()),
        keys=tuple(post.custom.keys.items()),
        template=_read(file) if file else "",
        template_file=file.name if file else "",
    )


def _read(file: Path) -> str:
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "not UTF-8"
        problem = f"post.custom.template: cannot read {file}: {said}"
        raise ConfigError([problem]) from None
    if not text.strip():
        raise ConfigError([f"post.custom.template: {file} is empty"])
    return text


def _problems(style: Style) -> list[str]:
    """Return what is wrong with the names of keys and values."""
    known = ", ".join(sorted(VALUES))
    found = [
        f"post.custom.keys.{key}: no value is called {name!r}; known: {known}"
        for key, name in style.keys
        if name not in VALUES
    ]
    keys = dict(style.keys) or house(style.profile).keys
    taken = {key.partition(".")[0] for key in keys}
    found += [
        f"post.extra.{key}: the profile {style.profile} writes that key itself"
        for key, _ in style.extra
        if key in taken
    ]
    return found
