"""A script of requests and BeautifulSoup: ``script.py SITE LIST FIRST LAST FOLDER``.

Does what ``spider.py`` does, one request after the other.
"""

import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urljoin

import requests
import yaml
from bs4 import BeautifulSoup
from markdownify import markdownify


def listed(session, address, day):
    """Yield the address of each article of a day."""
    page = 1
    while True:
        form = {"pageIndex": page, "startDate": f"{day}", "endDate": f"{day}"}
        response = session.post(address, data=form, timeout=60)
        response.raise_for_status()
        soup = BeautifulSoup(response.text, "lxml")
        for link in soup.select(".list_type > ul > li > a"):
            # The listing adds its own form to the address; the article needs its id.
            news_id = re.search(r"newsId=(\d+)", link["href"])[1]
            path = link["href"].partition("?")[0]
            yield urljoin(address, f"{path}?newsId={news_id}")
        total = int(soup.select_one(".result strong").text.replace(",", ""))
        if page * 10 >= total:
            return
        page += 1


def article(session, address):
    """Return the fields of an article, and its body as Markdown."""
    response = session.get(address, timeout=60)
    response.raise_for_status()
    soup = BeautifulSoup(response.text, "lxml")
    info = soup.select_one(".article_head .info")
    subtitle = soup.select_one(".article_head h2")
    ministry = info.select_one("a.gotosite")
    license_mark = soup.select_one(".kogl_wrap img")
    fields = {
        "news_id": re.search(r"newsId=(\d+)", address)[1],
        "url": address,
        "title": soup.select_one(".view_title h1").get_text(strip=True),
        "subtitle": subtitle.get_text(" ", strip=True) if subtitle else "",
        "date": info.span.get_text(strip=True).replace(".", "-"),
        "ministry": ministry.contents[0].strip() if ministry else "",
        "attachments": [
            {"name": link.get_text(strip=True), "url": link["href"]}
            for link in soup.select(".filedown a[href*='download.do']")
        ],
        "license": license_mark["alt"] if license_mark else "",
    }
    body = soup.select_one(".view_cont")
    return fields, markdownify(str(body), strip=["script", "style", "img"])


def main() -> None:
    site, listing, first, last, folder = sys.argv[1:]
    posts = Path(folder) / "_posts"
    posts.mkdir(parents=True)
    session = requests.Session()
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        for address in listed(session, site + listing, day):
            fields, body = article(session, address)
            head = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)
            file = posts / f"{fields['date']}-{fields['news_id']}.md"
            file.write_text(f"---\n{head}---\n\n{body.strip()}\n", encoding="utf-8")
        day += timedelta(days=1)
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "articles"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


if __name__ == "__main__":
    main()
