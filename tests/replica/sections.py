"""The sections of policy news: where they are listed, where read, what is open."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the site."""

    name: str
    #: As the site's menus print it.
    label: str
    #: The menu above it.
    menu: str
    #: Path of its listing; "" if it has none.
    listing: str
    #: Path of its pages.
    view: str
    #: ``GroupingCode`` of the Open API.
    grouping: str
    #: What a page's address has after the id.
    tail: str = ""
    #: The listing obeys ``startDate`` and ``endDate``.
    dated: bool = True
    #: The rows of its listing name the ministry.
    names_ministry: bool = True
    #: Its text may be republished if the article's own license lets it.
    open: bool = True
    #: Sections whose articles stand in this one's listing too.
    guests: tuple[str, ...] = ()

    def path(self, news_id: str) -> str:
        """Return the address of an article's page below the site."""
        return f"{self.view}?newsId={news_id}{self.tail}"


#: In the order of the site's menus. The grouping codes of the last three, and the
#: paths of the last two's pages, are guesses in the manner of the others.
SECTIONS = (
    Section(
        "policy", "정책뉴스", "뉴스", "/news/policyNewsList.do",
        "/news/policyNewsView.do", "policy", guests=("visual",),
    ),
    Section(
        "fact", "사실은 이렇습니다", "브리핑룸", "/briefing/actuallyList.do",
        "/briefing/actuallyView.do", "fact",
    ),
    Section(
        "brief", "브리핑", "브리핑룸", "/briefing/policyBriefingList.do",
        "/briefing/policyBriefingView.do", "brief", dated=False,
        names_ministry=False, guests=("council",),
    ),
    Section(
        "visual", "카드뉴스", "멀티미디어", "", "/multi/visualNewsView.do", "visual",
        tail="&cateId=cardnews", open=False,
    ),
    Section(
        "council", "국무회의", "브리핑룸", "", "/briefing/stateCouncilView.do",
        "council", open=False,
    ),
    Section(
        "column", "기고·칼럼", "뉴스", "/news/celebrityList.do",
        "/news/celebrityView.do", "column", open=False,
    ),
    Section(
        "reporter", "국민기자단", "뉴스", "/news/reporterList.do",
        "/news/reporterView.do", "reporter", open=False,
    ),
)  # fmt: skip
BY_NAME = {section.name: section for section in SECTIONS}
BY_LISTING = {section.listing: section for section in SECTIONS if section.listing}
BY_VIEW = {section.view: section for section in SECTIONS}
