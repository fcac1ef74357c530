"""How the Open API's answers go wrong."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from tests.replica.answers import Answer
from tests.replica.faults import Fault
from tests.replica.open_api import gateway_error, service_error

_ENTITIES = "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "가나다라마바사아자차"}">'
    for n in range(10)
)
#: What a parser must refuse: a declaration, and what takes the place of the code.
BOMBS = {
    "entities": (f"<!DOCTYPE response [{_ENTITIES}]>", "&a9;"),
    "external": (
        '<!DOCTYPE response [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "&x;",
    ),
    "dtd": ('<!DOCTYPE response SYSTEM "http://127.0.0.1:9/a.dtd">', "0"),
}


def _gateway(fault: Fault, answer: Answer, target: str) -> Answer:
    return gateway_error(fault.code or "01", fault.status or 200)


def _service(fault: Fault, answer: Answer, target: str) -> Answer:
    return service_error(fault.code or "98", fault.status or 200)


def _malformed(fault: Fault, answer: Answer, target: str) -> Answer:
    body = answer.body
    match fault.code or "ampersand":
        case "ampersand":
            broken = body.replace(b"</resultMsg>", b" R&D </resultMsg>", 1)
        case "cut":
            broken = body[: len(body) * 2 // 3]
        case "control":
            broken = body.replace(b"</resultMsg>", b"\x0b</resultMsg>", 1)
        case "bytes":
            broken = body.replace(b"</resultMsg>", b"\xb0\xa1</resultMsg>", 1)
        case "cdata":
            broken = body.replace(b"]]></DataContents>", b"</DataContents>", 1)
            broken = broken.replace(b"</body>", b"<![CDATA[</body>", 1)
        case "html":
            text = "<html><body><p>일시적인 오류<br>잠시 뒤 다시</body></html>"
            return replace(answer, body=text.encode(), content_type="text/html")
        case other:
            raise ValueError(f"no such way to break XML: {other}")
    return replace(answer, body=broken)


def _bomb(fault: Fault, answer: Answer, target: str) -> Answer:
    declaration, reference = BOMBS[fault.code or "entities"]
    text = answer.body.decode()
    text = text.replace("<response>", f"{declaration}<response>", 1)
    message = f"<resultMsg>{reference}</resultMsg><was>"
    text = text.replace("<resultMsg>", message, 1).replace(
        "</resultMsg></header>", "</was></header>", 1
    )
    return replace(answer, body=text.encode())


API_EFFECTS: Mapping[str, Callable[[Fault, Answer, str], Answer]] = {
    "gateway-error": _gateway,
    "service-error": _service,
    "malformed-xml": _malformed,
    "xml-bomb": _bomb,
}
