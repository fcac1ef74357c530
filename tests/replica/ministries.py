"""Who issues releases here: codes and names of the real ones, as of October 2026.

Kept apart from the table of the code under test on purpose.
"""

from typing import NamedTuple


class Ministry(NamedTuple):
    """A ministry: its code on the site, printed name, short name, head's rank."""

    code: str
    name: str
    short: str
    rank: str


def _listed(rank: str, pairs: str) -> tuple[Ministry, ...]:
    found = []
    for line in pairs.split():
        code, name, *short = line.split(":")
        found.append(Ministry(code, name, short[0] if short else name, rank))
    return tuple(found)


_MINISTRIES = _listed(
    "장관",
    """A00001:고용노동부:노동부 A00002:교육부 A00005:국방부 A00006:국토교통부:국토부
    A00008:농림축산식품부:농식품부 A00009:문화체육관광부:문체부 A00010:법무부
    A00012:보건복지부:복지부 A00013:성평등가족부:성평등부 A00014:외교부
    A00015:산업통상부:산업부 A00017:통일부 A00019:기후에너지환경부:기후부
    A00023:해양수산부:해수부 A00031:행정안전부:행안부 A00032:중소벤처기업부:중기부
    A00033:과학기술정보통신부:과기정통부 A00037:국가보훈부:보훈부
    A00041:재정경제부:재경부""",
)
_HEADED_BY_CHIEF = _listed(
    "처장",
    """A00011:법제처 A00027:식품의약품안전처:식약처 A00030:인사혁신처:인사처
    A00038:국가데이터처:데이터처 A00039:지식재산처:지재처""",
)
_OFFICES = _listed(
    "청장",
    """B00002:경찰청 B00003:관세청 B00004:국세청 B00005:기상청 B00006:농촌진흥청:농진청
    B00009:병무청 B00010:산림청 B00013:조달청 B00017:해양경찰청:해경청
    B00021:새만금개발청:새만금청 B00022:소방청 B00023:질병관리청:질병청
    B00025:국가유산청:유산청 B00026:우주항공청:우주청""",
)
_COMMISSIONS = _listed(
    "위원장",
    """C00001:공정거래위원회:공정위 C00002:국민권익위원회:권익위
    C00003:금융위원회:금융위 C00012:원자력안전위원회:원안위
    C00019:개인정보보호위원회:개인정보위 E00028:국가교육위원회:국교위
    E00030:인구전략위원회:인구위""",
)
MINISTRIES = _MINISTRIES + _HEADED_BY_CHIEF + _OFFICES + _COMMISSIONS
#: Ministries write more than offices, offices more than commissions.
WEIGHTED = _MINISTRIES * 3 + _HEADED_BY_CHIEF * 2 + _OFFICES * 2 + _COMMISSIONS
