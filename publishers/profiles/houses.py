"""Every house style, by the name the configuration gives it."""

from collections.abc import Mapping

from publishers.profiles import (
    alembic,
    astro,
    chirpy,
    custom,
    eleventy,
    hugo,
    mkdocs_material,
    newsdao,
    plain,
)
from publishers.profiles.profile import Profile

HOUSES: Mapping[str, Profile] = {
    "plain": plain.PROFILE,
    "newsdao": newsdao.PROFILE,
    "alembic": alembic.PROFILE,
    "chirpy": chirpy.PROFILE,
    "hugo": hugo.PROFILE,
    "eleventy": eleventy.PROFILE,
    "astro": astro.PROFILE,
    "mkdocs-material": mkdocs_material.PROFILE,
    "custom": custom.PROFILE,
}


def house(name: str) -> Profile:
    """Return a house style.

    Raises:
        ValueError: there is none of that name.
    """
    if name not in HOUSES:
        raise ValueError(f"no such profile: {name}")
    return HOUSES[name]
