"""Press releases as text: words and sentences of ours, put together by dice."""

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from string import Formatter

from tests.replica.dice import Dice
from tests.replica.korean import Word, day_text

GENRES = (
    "event", "plan", "stats", "call", "law", "visit", "warn", "award", "mou", "pilot",
)  # fmt: skip
SURNAMES = "홍성임심장허전변옹강"
GIVEN_NAMES = (
    "길동",
    "춘향",
    "꺽정",
    "몽룡",
    "청이",
    "두꺼비",
    "판서",
    "놀부",
    "우치",
    "장군",
)
#: Lines a careless Markdown, YAML or template writer trips over; each is plain text.
HAZARDS = (
    "2026. 11. 24. 이전에 접수한 건은 종전 기준을 따른다.",
    "1. 신청서는 한 부만 낸다.",
    "- 별도 서식은 없다.",
    "# 1 창구에서 번호표를 받는다.",
    "+ 추가 지원은 심사를 거친다.",
    "> 화살표 방향으로 이동한다.",
    "평일 | 토요일 | 공휴일 순으로 안내한다.",
    "적용 금리는 {{ 1.29% }} 수준이다.",
    "서식의 {% include 신청자 %} 칸은 비워 둔다.",
    "보기의 <간격> 표시는 3cm를 뜻한다.",
    "상자 크기는 3*4*5 또는 6*7*8 가운데 고른다.",
    "기간은 ~~11월 말~~ 12월 초이다.",
    "파일 이름은 A_B_C 또는 가_나_다 꼴로 적는다.",
    "---",
    "===",
    "명령 창에는 `확인`이라고 적는다.",
    "[신청하기](https://www.example.invalid/apply) 단추를 누른다.",
    "![안내도](map.png) 자리에는 그림이 없다.",
    "주소: https://www.example.invalid/a_b?c=d&e=f#g",
    "<script>alert('시험')</script> 같은 글자도 그대로 보여야 한다.",
    r"폴더 구분은 \ 글자를 쓰고 C:\자료\새것 에 둔다.",
    "화면에 &amp;nbsp; 라고 보이면 새로 고친다.",
    "**주의** 별표는 강조가 아니라 글자다.",
    "비용은 $100 또는 $200이며 $x$로 적지 않는다.",
    "1) 가) ① 순서로 번호를 붙인다.",
    "key: value # 설명처럼 적은 줄도 본문이다.",
    "'작은따옴표'와 \"큰따옴표\"를 섞어 쓴다: 끝.",
    "| 구분 | 내용 |",
    "@홍길동 #해시태그 :smile: 도 글자 그대로다.",
    "\t탭으로 시작하는 줄이다.",
)
#: The same for titles.
TITLE_HAZARDS = (
    "금리 {{ 1.29% }} 적용… {주제} 지원",
    "<간격> 3*4*5 기준: {주제}",
    "#{주제} - '첫걸음': \"함께\"",
    "{주제} A_B_C 등급제 | 시행",
    "R&D·{주제} {% 반값 %}",
)

_SECTION = re.compile(r"## (\S+)(.*)")


@cache
def words() -> Mapping[str, tuple[str, ...]]:
    """Return the sections of the word lists; topics under ``topics <code>``."""
    sections: dict[str, tuple[str, ...]] = {}
    for part in _parts("words.txt") + _parts("article_words.txt"):
        head, *lines = part.strip().splitlines()
        found = _SECTION.fullmatch(head)
        if found is None:
            raise ValueError(f"not a section: {head}")
        names = [f"topics {code}" for code in found[2].split()] or [found[1]]
        sections |= dict.fromkeys(names, tuple(lines))
    return sections


def _parts(name: str) -> list[str]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return text.split("\n\n")[1:]


class Writer:
    """Fills sentences for one release; what names a thing stays the same throughout."""

    def __init__(
        self, dice: Dice, ministry: "tuple[str, str, str, str]", day: date
    ) -> None:
        code, name, short, rank = ministry
        pool = words()
        self._dice = dice
        self._day = day
        self.head = self.person()
        self._fixed = {
            "부처": name,
            "약칭": short,
            "수장": f"{self.head} {rank}",
            "직위": rank if rank.startswith(name[:2]) else f"{short} {rank}",
            "부처장": f"{name}({rank} {self.head})",
            "주제": dice.pick(pool[f"topics {code}"]),
            "장소": dice.pick(pool["places"]),
            "대상": dice.pick(pool["audiences"]),
            "기관": dice.pick(pool["organizations"]),
            "사업": dice.pick(pool["programs"]),
            "해": str(day.year),
            "월": str(day.month),
            "날": day_text(day),
        }

    def person(self) -> str:
        """Return a name out of old tales."""
        return self._dice.pick(SURNAMES) + self._dice.pick(GIVEN_NAMES)

    def line(self, section: str) -> str:
        """Return one sentence of a section, filled."""
        return self.fill(self._dice.pick(words()[section]))

    def lines(self, section: str, count: int) -> list[str]:
        """Return different sentences of a section, filled."""
        return [self.fill(line) for line in self._dice.some(words()[section], count)]

    def fill(self, template: str) -> str:
        """Return the template with its slots filled and the particles right."""
        out = []
        for literal, slot, particle, _ in Formatter().parse(template):
            out.append(literal)
            if slot is not None:
                out.append(format(Word(self._fill(slot)), particle or ""))
        return "".join(out)

    def _fill(self, slot: str) -> str:
        dice = self._dice
        if slot in self._fixed:
            return self._fixed[slot]
        later = self._day + timedelta(days=dice.between(7, 40))
        made: dict[str, Callable[[], str]] = {
            "뒷날": lambda: day_text(later),
            "지난날": lambda: day_text(
                self._day - timedelta(days=dice.between(20, 90))
            ),
            "기간": lambda: f"{day_text(self._day)}부터 {day_text(later)}까지",
            "수": lambda: f"{dice.between(103, 24_800):,}",
            "작은수": lambda: str(dice.between(2, 9)),
            "시간": lambda: str(dice.between(4, 40)),
            "율": lambda: f"{dice.between(31, 979) / 10}%",
            "율2": lambda: f"{dice.between(11, 199) / 10}%",
            "억": lambda: f"{dice.between(12, 3_900):,}억 원",
            "범위": lambda: f"{dice.between(2, 4)}~{dice.between(5, 9)}",
            "이름": self.person,
            "과장": lambda: dice.pick(("과장", "국장", "담당관", "팀장")),
        }
        return made[slot]()
