"""The sections of the site together: a listing's row may lead to any of them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from scraper.sources.site_section import SiteSection


class Sections(Mapping[str, SiteSection]):
    """Sections by name, and by the path of a page that is in none of those named.

    Such a page's section is closed: nobody has looked at what may be done with it. Once
    somebody gives that path a section, old entries belong to it.
    """

    def __init__(self, sections: Iterable[SiteSection]) -> None:
        """Join the sections, so that the listing of each knows all.

        Raises:
            ValueError: two bear one name, or their pages have one path.
        """
        alone = list(sections)
        paths = Counter(path for section in alone for path in section.views())
        names = Counter(section.name for section in alone)
        for what, count in (names | paths).items():
            if count > 1:
                raise ValueError(f"{what} is there already")
        by_view = {path: one.name for one in alone for path in one.views()}
        self._by_view = by_view
        self._by_name = {one.name: replace(one, others=by_view) for one in alone}

    def __getitem__(self, name: str) -> SiteSection:
        if name.startswith("/"):
            known = self._by_view.get(name)
            return self._by_name[known] if known else _unknown(name)
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


def _unknown(path: str) -> SiteSection:
    closed = f"no section of the site known for {path}"
    return SiteSection(path, path, "", path, closed=closed)
