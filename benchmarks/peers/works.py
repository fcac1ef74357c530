"""The stages by other libraries: ``python -m benchmarks.peers.works``, see ``loop``."""

import logging
import sys
from collections.abc import Callable

import html2text
import newspaper
import trafilatura
from bs4 import BeautifulSoup
from markdownify import markdownify
from newspaper.languages import ko
from parsel import Selector
from readability import Document

from benchmarks.peers.loop import Work, serve, text_of

TITLE, INFO, FILES = ".view_title h1", ".article_head .info", ".filedown a[href]"
BODY = ".view_cont"


#: Its own needs data of NLTK from a hub, for English at that; Korean words stand
#: between blanks, and it looks at their ends alone.
ko.tokenizer = str.split


def parsel_fields(page: bytes) -> dict[str, object]:
    tree = Selector(body=page)
    info = tree.css(INFO)
    return {
        "title": tree.css(f"{TITLE}::text").get(),
        "date": info.css("span::text").get(),
        "ministry": info.css("a.gotosite::text").get(),
        "files": [(a.css("::text").get(), a.attrib["href"]) for a in tree.css(FILES)],
        "body": tree.css(BODY).get(),
    }


def soup_fields(page: bytes) -> dict[str, object]:
    soup = BeautifulSoup(page, "lxml")
    info = soup.select_one(INFO)
    ministry = info.select_one("a.gotosite")
    return {
        "title": soup.select_one(TITLE).get_text(strip=True),
        "date": info.span.get_text(strip=True),
        "ministry": ministry and ministry.get_text(strip=True),
        "files": [(a.get_text(strip=True), a["href"]) for a in soup.select(FILES)],
        "body": str(soup.select_one(BODY)),
    }


def or_nothing(extract: Callable[[bytes], str | None]) -> Callable[[bytes], str]:
    """Return ``extract`` that has no text for pages its library gives up on."""

    def attempt(page: bytes) -> str:
        try:
            return extract(page) or ""
        except Exception as error:  # noqa: BLE001 -- libraries raise what they like
            print(f"{type(error).__name__}: {error}"[:200], file=sys.stderr)
            return ""

    return attempt


def trafilatura_text(page: bytes) -> str | None:
    return trafilatura.extract(page)


def readability_text(page: bytes) -> str:
    summary = Document(page.decode()).summary()
    return BeautifulSoup(summary, "lxml").get_text("\n")


def newspaper_text(page: bytes) -> str:
    article = newspaper.Article("http://localhost/", language="ko")
    article.download(input_html=page.decode())
    article.parse()
    return article.text


def as_html2text(body: str) -> str:
    reader = html2text.HTML2Text(bodywidth=0)
    reader.ignore_images = True
    return reader.handle(body)


WORKS = {
    "parsel": Work(parsel_fields),
    "bs4 + lxml": Work(soup_fields),
    "trafilatura": Work(or_nothing(trafilatura_text)),
    "readability-lxml": Work(or_nothing(readability_text)),
    "newspaper4k": Work(or_nothing(newspaper_text)),
    "markdownify": Work(lambda body: markdownify(body, strip=["img"]), text_of),
    "html2text": Work(as_html2text, text_of),
}

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    serve(WORKS)
