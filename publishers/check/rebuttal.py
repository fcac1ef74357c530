"""Rebuttals (사실은 이렇습니다): what was reported, and what the ministry says."""

import re
from collections.abc import Iterator

from publishers.check.context import View
from publishers.check.rules import Hit

#: A text that denies a report.
_DENIES = re.compile(
    r"사실은 이렇습니다|사실과 다[르릅름]|사실이 아[니님닙]"
    r"|(?:확정|결정)된 (?:바|것|내용|사항|결정|계획)[은이가도]? ?(?:아직 )?없"
    r"|(?:확정|결정)되지 않았|보도된?\s?내용과는?\s?(?:다르게|달리)"
)
#: A report is spoken of.
_REPORT = re.compile(r"보도|기사(?! 이용)|언론|매체|신문")
#: The line that names a part, in one of the site's dozen ways.
_REPORTED = re.compile(
    r"^\W*(?:보도|기사|언론)\s?(?:된\s?)?(?:내용|요지|보도)|^\W*동 보도", re.MULTILINE
)
_ANSWER = re.compile(
    r"^\W*(?:[가-힣·]{2,16}\s?)?(?:설명|입장|해명|반박|사실|답변)\s?(?:내용|자료|은)?\W*$",
    re.MULTILINE,
)


def look(view: View) -> Iterator[Hit]:
    """Yield a rebuttal in which a reader cannot tell the report from the answer."""
    found = _DENIES.search(view.seen)
    if found is None or not _REPORT.search(view.seen):
        return
    if not (_REPORTED.search(view.seen) and _ANSWER.search(view.seen)):
        at = view.draft.text.find(found[0], view.draft.body_at)
        message = f"{found[0]} …: neither report nor answer has a line that names it"
        yield Hit("rebuttal-shape", at, message)
