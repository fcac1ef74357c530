"""What each fault does to a request or to its answer."""

import gzip
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate
from time import time

from tests.replica import pages
from tests.replica.answers import Answer
from tests.replica.faults import Fault
from tests.replica.open_api_faults import API_EFFECTS
from tests.replica.pages import ListPage
from tests.replica.site import LISTS, Site

Form = Mapping[str, str]
Effect = Callable[[Fault, Answer, str], Answer]

CHALLENGE = (
    "<!DOCTYPE html><html><head><title>접근 확인</title></head><body>"
    "<h1>비정상적인 접근이 감지되었습니다</h1>"
    '<div id="captcha">자동 입력 방지 문자(CAPTCHA)를 입력해 주십시오.</div>'
    "</body></html>"
)
MAINTENANCE = (
    "<!DOCTYPE html><html><head><title>시스템 점검 안내</title></head><body>"
    "<p>시스템 점검 중입니다. 점검이 끝나면 다시 이용할 수 있습니다.</p></body></html>"
)


def answer_with(
    site: Site, fault: Fault, method: str, target: str, form: Mapping[str, str]
) -> Answer:
    """Return the answer to a request that ``fault`` spoils."""
    path = target.partition("?")[0]
    if fault.fault in LISTINGS and path in LISTS:
        shown = LISTINGS[fault.fault](site, fault, form, path)
        return Answer(pages.render_list(shown, site.weight).encode())
    return EFFECTS[fault.fault](fault, site.answer(method, target, form), target)


# --- listings -----------------------------------------------------------------------


def _layout_change(site: Site, fault: Fault, form: Form, path: str) -> ListPage:
    return replace(site.listing(form, path=path), classes=pages.NEW_CLASSES)


def _neither(site: Site, fault: Fault, form: Form, path: str) -> ListPage:
    return replace(site.listing(form, path=path), rows=(), empty=False)


def _no_data(site: Site, fault: Fault, form: Form, path: str) -> ListPage:
    return replace(site.listing(form, path=path), rows=(), empty=True)


def _repeated(site: Site, fault: Fault, form: Form, path: str) -> ListPage:
    before = max(1, int(form.get("pageIndex") or 1) - 1)
    rows = site.listing({**form, "pageIndex": str(before)}, path=path).rows
    return replace(site.listing(form, path=path), rows=rows)


def _shift(site: Site, fault: Fault, form: Form, path: str) -> ListPage:
    return site.listing(form, hide=fault.rows, path=path)


LISTINGS: Mapping[str, Callable[[Site, Fault, Form, str], ListPage]] = {
    "layout-change": _layout_change,
    "neither": _neither,
    "missing-page": _neither,
    "no-data": _no_data,
    "repeated-page": _repeated,
    "shift": _shift,
}


# --- answers ------------------------------------------------------------------------


def _status(fault: Fault, answer: Answer, target: str) -> Answer:
    headers = {}
    if fault.retry_after.startswith("date:"):
        later = time() + float(fault.retry_after[5:])
        headers["Retry-After"] = formatdate(later, usegmt=True)
    elif fault.retry_after:
        headers["Retry-After"] = fault.retry_after
    status = fault.status or 500
    body = f"<html><title>{status}</title><h1>{status}</h1></html>"
    return Answer(body.encode(), status, headers=headers)


def _manner(manner: str) -> Effect:
    def effect(fault: Fault, answer: Answer, target: str) -> Answer:
        slow = manner in ("drip", "stall", "stall body")
        amount = fault.seconds if slow else fault.bytes
        return replace(answer, manner=manner, amount=amount)

    return effect


def _truncated_gzip(fault: Fault, answer: Answer, target: str) -> Answer:
    packed = gzip.compress(answer.body, mtime=0)
    cut = packed[: fault.bytes or len(packed) // 2]
    headers = {**answer.headers, "Content-Encoding": "gzip"}
    return replace(answer, body=cut, headers=headers, manner="as is")


def _gzip_bomb(fault: Fault, answer: Answer, target: str) -> Answer:
    packed = gzip.compress(bytes(fault.bytes or 256 << 20), 9, mtime=0)
    headers = {**answer.headers, "Content-Encoding": "gzip"}
    return replace(answer, body=packed, headers=headers, manner="as is")


def _wrong_charset(fault: Fault, answer: Answer, target: str) -> Answer:
    claimed = fault.charset or "EUC-KR"
    return replace(answer, content_type=f"text/html;charset={claimed}")


def _euc_kr(fault: Fault, answer: Answer, target: str) -> Answer:
    body = answer.body.decode().encode("cp949", "xmlcharrefreplace")
    claimed = fault.charset or "EUC-KR"
    return replace(answer, body=body, content_type=f"text/html;charset={claimed}")


def _redirect(fault: Fault, answer: Answer, target: str) -> Answer:
    away = fault.fault == "redirect-away"
    headers = {"Location": fault.location if away else target}
    return Answer(b"", 302, headers=headers)


def _fixed(text: str) -> Effect:
    def effect(fault: Fault, answer: Answer, target: str) -> Answer:
        return Answer(text.encode())

    return effect


def _error_page(fault: Fault, answer: Answer, target: str) -> Answer:
    return Answer(pages.render_error(target, 0).encode())


def _empty(fault: Fault, answer: Answer, target: str) -> Answer:
    return replace(answer, body=b"")


def _malformed(fault: Fault, answer: Answer, target: str) -> Answer:
    """Take away the title and the time, wherever they stand."""
    text = answer.body.decode()
    text = re.sub(r"<div class=\"view_title\">.*?</div>", "", text, flags=re.DOTALL)
    text = re.sub(
        r'<(input[^>]*id="titleText"|meta property="og:title")[^>]*>', "", text
    )
    text = re.sub(r'"(datePublished|headline)": .*', "", text)
    text = re.sub(r"<title>.*?</title>", "<title></title>", text)
    return replace(answer, body=text.encode())


def _broken_jsonld(fault: Fault, answer: Answer, target: str) -> Answer:
    text = answer.body.decode()
    return replace(
        answer, body=text.replace('"description": "', '"description": ""').encode()
    )


def _no_effect(fault: Fault, answer: Answer, target: str) -> Answer:
    return answer


EFFECTS: Mapping[str, Effect] = {
    "status": _status,
    "drip": _manner("drip"),
    "stall": _manner("stall"),
    "stall-body": _manner("stall body"),
    "reset": _manner("reset"),
    "truncated": _manner("cut"),
    "truncated-unsaid": _manner("cut unsaid"),
    "truncated-gzip": _truncated_gzip,
    "gzip-bomb": _gzip_bomb,
    "oversize": _manner("oversize"),
    "endless": _manner("endless"),
    "wrong-charset": _wrong_charset,
    "euc-kr": _euc_kr,
    "redirect-loop": _redirect,
    "redirect-away": _redirect,
    "challenge": _fixed(CHALLENGE),
    "maintenance": _fixed(MAINTENANCE),
    "error-page": _error_page,
    "empty": _empty,
    "malformed": _malformed,
    "broken-jsonld": _broken_jsonld,
    **dict.fromkeys(LISTINGS, _no_effect),
    **API_EFFECTS,
}
