"""보도자료: the press releases of all ministries.

The page of a release holds its metadata, the attachments and the license mark; its text
stands in the attachment, and only a few offices put it on the page as well (20 of 880
in July 2026).
"""

from scraper.sources.site_section import SiteSection

PRESS_RELEASE = SiteSection(
    name="press_release",
    section="보도자료",
    list_path="/briefing/pressReleaseList.do",
    view_path="/briefing/pressReleaseView.do",
)
