"""정책뉴스 and its relatives: every section besides press releases, open or closed.

A section is one entry of the table, and the configuration can add more (``sections``).
What is closed is announced all the same, by rows of other listings or the Open API, and
held with the rule named here. Paths as seen in public links of 2024 to October 2026;
"" where none was seen.
"""

from scraper.sources.site_section import SiteSection

_PICTURES = "pictures are never licensed, whatever the mark beside them says"

POLICY_NEWS = SiteSection(
    name="policy_news",
    section="정책뉴스",
    list_path="/news/policyNewsList.do",
    view_path="/news/policyNewsView.do",
    grouping="policy",
)

#: 사실은 이렇습니다: a ministry's answer to a report it denies.
FACT_CHECK = SiteSection(
    name="fact_check",
    section="사실은 이렇습니다",
    list_path="/briefing/actuallyList.do",
    view_path="/briefing/actuallyView.do",
    rebuttal=True,
    grouping="fact",
)

#: Its listing takes no notice of days, and its rows name no ministry.
BRIEFING = SiteSection(
    name="briefing",
    section="브리핑",
    list_path="/briefing/policyBriefingList.do",
    view_path="/briefing/policyBriefingView.do",
    dated=False,
    ministries=False,
    grouping="brief",
)

CLOSED = (
    SiteSection(
        name="card_news",
        section="카드뉴스",
        list_path="",
        view_path="/multi/visualNewsView.do",
        closed="카드뉴스 is 공공누리 제4유형: no commercial use, no changes",
        grouping="visual",
    ),
    SiteSection(
        name="column",
        section="기고·칼럼",
        list_path="/news/celebrityList.do",
        view_path="/news/celebrityView.do",
        also=("/news/contributePolicyView.do",),
        closed="기고·칼럼 is its authors' own: no license is known for it",
        grouping="column",
    ),
    SiteSection(
        name="reporter",
        section="국민기자단",
        list_path="/news/reporterList.do",
        view_path="/news/reporterView.do",
        closed="국민기자단 is its authors' own: no license is known for it",
        grouping="reporter",
    ),
    SiteSection(
        name="photo",
        section="사진",
        list_path="",
        view_path="",
        closed=_PICTURES,
        grouping="photo",
    ),
    SiteSection(
        name="video",
        section="영상",
        list_path="",
        view_path="/multi/mediaNewsView.do",
        closed=_PICTURES,
    ),
)

FAMILY = (POLICY_NEWS, FACT_CHECK, BRIEFING, *CLOSED)
