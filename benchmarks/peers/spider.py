"""A Scrapy spider: ``spider.py SITE LIST FIRST LAST FOLDER``.

Reads the listing of each day, page by page, and each article; writes a Markdown file
with front matter for each, and commits them at the end.
"""

import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import scrapy
import yaml
from itemadapter import ItemAdapter
from markdownify import markdownify
from scrapy.crawler import CrawlerProcess


class ArticleItem(scrapy.Item):
    news_id = scrapy.Field()
    url = scrapy.Field()
    title = scrapy.Field()
    subtitle = scrapy.Field()
    date = scrapy.Field()
    ministry = scrapy.Field()
    attachments = scrapy.Field()
    license = scrapy.Field()
    body = scrapy.Field()


class ArticleSpider(scrapy.Spider):
    name = "articles"

    def __init__(self, site, listing, first, last, **arguments):
        super().__init__(**arguments)
        self.listing = site + listing
        self.first, self.last = date.fromisoformat(first), date.fromisoformat(last)

    async def start(self):
        day = self.first
        while day <= self.last:
            yield self.listing_request(day, 1)
            day += timedelta(days=1)

    def listing_request(self, day, page):
        form = {"pageIndex": str(page), "startDate": f"{day}", "endDate": f"{day}"}
        return scrapy.FormRequest(
            self.listing,
            formdata=form,
            callback=self.parse,
            cb_kwargs={"day": day, "page": page},
        )

    def parse(self, response, day, page):
        links = response.css(".list_type > ul > li > a::attr(href)").getall()
        for link in links:
            # The listing adds its own form to the address; the article needs its id.
            news_id = re.search(r"newsId=(\d+)", link)[1]
            address = f"{link.partition('?')[0]}?newsId={news_id}"
            yield response.follow(address, self.parse_article)
        total = response.css(".result strong::text").get("0").replace(",", "")
        if page * 10 < int(total):
            yield self.listing_request(day, page + 1)

    def parse_article(self, response):
        info = response.css(".article_head .info")
        yield ArticleItem(
            news_id=re.search(r"newsId=(\d+)", response.url)[1],
            url=response.url,
            title=response.css(".view_title h1::text").get("").strip(),
            subtitle=" ".join(response.css(".article_head h2::text").getall()).strip(),
            date=info.css("span::text").get("").strip().replace(".", "-"),
            ministry=info.css("a.gotosite::text").get("").strip(),
            attachments=[
                {"name": link.css("::text").get("").strip(), "url": link.attrib["href"]}
                for link in response.css(".filedown a[href*='download.do']")
            ],
            license=response.css(".kogl_wrap img::attr(alt)").get(""),
            body=response.css(".view_cont").get(""),
        )


class MarkdownPipeline:
    """Writes a file for each article."""

    folder = Path()

    def process_item(self, item):
        fields = ItemAdapter(item).asdict()
        body = markdownify(fields.pop("body"), strip=["script", "style", "img"])
        head = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False)
        file = self.folder / "_posts" / f"{fields['date']}-{fields['news_id']}.md"
        file.write_text(f"---\n{head}---\n\n{body.strip()}\n", encoding="utf-8")
        return item


SETTINGS = {
    "ROBOTSTXT_OBEY": True,
    "DOWNLOAD_DELAY": 0,
    "LOG_LEVEL": "INFO",
    "TELNETCONSOLE_ENABLED": False,
    "ITEM_PIPELINES": {MarkdownPipeline: 300},
}


def main() -> None:
    site, listing, first, last, folder = sys.argv[1:]
    MarkdownPipeline.folder = Path(folder)
    (MarkdownPipeline.folder / "_posts").mkdir(parents=True)
    process = CrawlerProcess(SETTINGS)
    process.crawl(ArticleSpider, site=site, listing=listing, first=first, last=last)
    process.start()
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "articles"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


if __name__ == "__main__":
    main()
