"""One article that is the same in every world: the shape of a model post's source.

Two lines of subtitle, five parts without headings, five bullets, a 문의 table, the
notice. All words and names are invented.
"""

from dataclasses import replace
from datetime import datetime

from tests.replica.article import Article, Revision
from tests.replica.article_blocks import Node, Photo
from tests.replica.article_quirks import quirks
from tests.replica.blocks import Para, grid
from tests.replica.ministries import MINISTRIES
from tests.replica.release import Slot
from tests.replica.sections import BY_NAME
from tests.replica.world import KST

NEWS_ID = "148800001"
#: Its place, outside those of dealt articles.
NUMBER = -1
SECTION = BY_NAME["policy"]
_MINISTRY = next(m for m in MINISTRIES if m.name == "문화체육관광부")
_PUBLISHED = datetime(2026, 11, 24, 10, 30, 0, tzinfo=KST)
SLOT = Slot(NUMBER, NEWS_ID, _MINISTRY, _PUBLISHED, _PUBLISHED)
TITLE = "마을 책방 이음터, 새 운영기관 5곳 뽑아"
SUBTITLES = (
    "강원 솔마을·경북 나루골 등 다섯 지역 첫 지정",
    "전국 31곳으로 늘어… 국비 2억 4000만 원 안팎 지원",
)
_BODY: tuple[Node, ...] = (
    Para(
        "마을 책방이 모인 골목을 돕는 이음터의 운영기관 5곳이 새로 뽑혔다. "
        "문화체육관광부는 솔마을문화원(강원 솔마을), 나루골도서연구회(경북 나루골), "
        "무등책나눔터(광주 무등), 한밭글숲재단(대전 한밭), 고래바다출판조합(부산 "
        "고래동) 등 5곳을 이음터 운영기관으로 선정했다고 24일 밝혔다."
    ),
    Photo("새 이음터 안내판", "마을 책방 이음터 안내판. (사진=문화체육관광부)"),
    Para(
        "TV와 신문에서만 보던 낭독회가 골목 안으로 들어온다. 이번에 처음 지정된 강원과 "
        "경북에서는 산골 도서 배달과 책방 머무르기(1박 2일)를 묶은 여행 과정을 연다."
    ),
    Para(" ㅇ (강원 솔마을) 숲속 낭독회 연 12회", 2),
    Para(" ㅇ (경북 나루골) 옛 나루터 책방길 3.5km 조성", 2),
    Para(" ㅇ (광주 무등) 청소년 글쓰기 교실 4~6월 운영", 2),
    Para(" ㅇ (대전 한밭) 과학책 함께 읽기 1,200명 모집", 2),
    Para(" ㅇ (부산 고래동) 바다 그림책 전시 '파도와 글자'", 2),
    Para(
        "신규 5곳을 더해 전국 31곳이 된 이음터는 국비 2억 4000만 원 안팎(신규 1억 "
        "2000만 원 안팎)과 지방비를 함께 지원받는다."
    ),
    Para(
        "이음터는 마을 책방에 정책 안내와 상담, 회계·저작권 교육 등 꼭 필요한 도움을 "
        "주고 있다."
    ),
    Para(
        "홍길동 문화체육관광부 독서진흥정책관은 “마을 책방과 숨결을 맞추며 지역마다 "
        "다른 사정에 맞는 도움을 이어 가겠다”고 말했다."
    ),
    grid(("문의",), ("문화체육관광부 독서진흥정책관 출판독서과(044-000-1234)",)),
)

_ARTICLE = Article(
    slot=SLOT,
    section=SECTION,
    title=TITLE,
    subtitles=SUBTITLES,
    subtitle_fields=False,
    lead=_BODY[0].text if isinstance(_BODY[0], Para) else "",
    body=_BODY,
    rebuttal=None,
    license="1",
    notice=2,
    notice_on_page=True,
    style="ke",
    damage="",
    escapes=1,
    body_escapes=1,
    dotted=True,
    quirks=(),
    contacts=(("문화체육관광부 독서진흥정책관 출판독서과", "044-000-1234"),),
    revision=Revision("I", 3, _PUBLISHED.replace(second=20)),
)
#: The article, whole.
ARTICLE = replace(_ARTICLE, quirks=quirks(_ARTICLE))
