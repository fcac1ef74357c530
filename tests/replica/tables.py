"""Data tables of releases: plain ones, ones with spans."""

from collections.abc import Callable

from tests.replica.blocks import Grid, grid
from tests.replica.dice import Dice
from tests.replica.text import Writer

Maker = Callable[[Writer, Dice], Grid]


def _regions(writer: Writer, dice: Dice) -> Grid:
    rows = [
        (place, writer.fill("{수}"), writer.fill("{율}"))
        for place in dice.some(
            ("서울", "부산", "대구", "광주", "강원", "전북", "제주"), 4
        )
    ]
    return grid(("지역", "이용자(명)", "만족도"), *rows)


def _years(writer: Writer, dice: Dice) -> Grid:
    numbers = [writer.fill("{수}") for _ in range(6)]
    return grid(
        (("구분", 2, 1), ("실적", 1, 2), ("계획", 2, 1)),
        ("'24년", "'25년"),
        ("기관", *numbers[:3]),
        ("참여자", *numbers[3:]),
    )


def _before_after(writer: Writer, dice: Dice) -> Grid:
    return grid(
        ("구분", "현행", "개선"),
        (("신청", 2, 1), writer.line("dash"), writer.line("dash")),
        ("방문만 가능", "온라인·방문 모두 가능"),
        ("처리", writer.fill("{범위}일 이내"), writer.fill("{작은수}일 이내")),
    )


def _schedule(writer: Writer, dice: Dice) -> Grid:
    return grid(
        ("시간", "내용", "비고"),
        ("14:00~14:10", "개회 및 국민의례", ("사회: 담당 과장", 3, 1)),
        ("14:10~14:40", writer.fill("{주제} 추진 현황 발표")),
        ("14:40~15:30", "자유 토론\n\n질의응답"),
        (("※ 일정은 바뀔 수 있음", 1, 3),),
    )


def _budget(writer: Writer, dice: Dice) -> Grid:
    return grid(
        (("사업", 1, 2), "예산", "증감"),
        (("지원", 2, 1), "직접 지원", writer.fill("{억}"), writer.fill("{율2}")),
        ("간접 지원", writer.fill("{억}"), writer.fill("△{율2}")),
        (("합계", 1, 2), writer.fill("{억}"), ""),
    )


TABLES: tuple[Maker, ...] = (_regions, _years, _before_after, _schedule, _budget)
