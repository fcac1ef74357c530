"""What is stated of one release: by its page, by the Open API, or by both."""

from dataclasses import replace

from scraper.announce import Section
from scraper.errors import FetchError, ParseError
from scraper.model import Entry, RawRelease
from scraper.originals import Originals
from scraper.sources.agreement import reconcile
from scraper.text import clean


def read_stated(entry: Entry, originals: Originals, section: Section) -> RawRelease:
    """Return the release as its source states it.

    Where the first page is an item of the Open API and there is a second one, the two
    are compared. A second page that cannot be had or read is no reason to hold what the
    API states whole; without a license from there, it is.

    Raises:
        SourceError: a page could not be had or understood.
        MissingError: the site says that the release is gone.
    """
    raw = section.parse_release(originals.page(entry), entry)
    try:
        page = originals.second_page(entry)
        if page is None:
            return raw
        return reconcile(raw, section.parse_release(page, entry))
    except (FetchError, ParseError) as error:
        if not clean(" ".join(raw.license_marks.kogl_type)):
            raise
        said = f"not compared with its page: {error.reason}"
        return replace(raw, warnings=(*raw.warnings, said))
