"""What a doctor may find: the causes by name, in English and Korean."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from scraper.cli import exits
from scraper.errors import (
    BlockedError,
    CallError,
    ConfigError,
    ParseError,
    PublishError,
    QuotaError,
    RefusedError,
    ScraperError,
    SourceError,
    StorageError,
    UnavailableError,
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One kind of trouble."""

    exit_code: int
    english: str
    korean: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    #: What was looked at: ``site``, ``press_release``, ``news`` ….
    what: str
    #: A key of :data:`CAUSES`; "" if all is well.
    cause: str = ""
    #: What was seen, one line.
    evidence: str = ""


CAUSES = {
    "dns": Cause(
        exits.UNAVAILABLE,
        "its name cannot be looked up: check the name server and the network",
        "이름을 찾을 수 없습니다. DNS와 네트워크를 확인하세요",
    ),
    "route": Cause(
        exits.UNAVAILABLE,
        "there is no way to it: check the network, the firewall and IPv6",
        "가는 길이 없습니다. 네트워크와 방화벽, IPv6 설정을 확인하세요",
    ),
    "closed": Cause(
        exits.UNAVAILABLE,
        "it refuses the connection: it is down, or the address is wrong",
        "연결을 거절합니다. 서버가 멈췄거나 주소가 잘못되었습니다",
    ),
    "reset": Cause(
        exits.UNAVAILABLE,
        "it breaks the connection off, as it does with addresses of some clouds: "
        "run from a Korean address",
        "연결을 끊습니다. 일부 클라우드 주소를 막는 경우이니 국내 주소에서 실행하세요",
    ),
    "timeout": Cause(
        exits.UNAVAILABLE,
        "it does not answer in time: try later, or from another network",
        "제때 응답하지 않습니다. 나중에 또는 다른 네트워크에서 해 보세요",
    ),
    "tls": Cause(
        exits.UNAVAILABLE,
        "its certificate cannot be trusted: check fetch.ca_file and this machine's "
        "certificates and date",
        "인증서를 믿을 수 없습니다. fetch.ca_file과 이 컴퓨터의 날짜를 확인하세요",
    ),
    "robots": Cause(
        exits.REFUSED,
        "its robots.txt forbids what we need: ask the site's operator",
        "robots.txt가 접근을 허용하지 않습니다. 사이트 운영자에게 문의하세요",
    ),
    "refused": Cause(
        exits.REFUSED,
        "it refuses us: our address or name is blocked; do not try again and again",
        "접근을 거부합니다. 주소나 이름이 차단되었으니 반복해서 시도하지 마세요",
    ),
    "challenge": Cause(
        exits.REFUSED,
        "a block page stands before it: a person must look in a browser",
        "차단 안내나 보안 확인 화면이 나옵니다. 사람이 브라우저로 확인해야 합니다",
    ),
    "maintenance": Cause(
        exits.UNAVAILABLE,
        "it is under maintenance: try later",
        "점검 중입니다. 나중에 다시 하세요",
    ),
    "trouble": Cause(
        exits.UNAVAILABLE,
        "it has troubles of its own: try later",
        "서버에 문제가 있습니다. 나중에 다시 하세요",
    ),
    "listing": Cause(
        exits.PARTIAL,
        "its listing has another layout than we know: update this program",
        "목록 화면의 구조가 바뀌었습니다. 프로그램을 갱신하세요",
    ),
    "page": Cause(
        exits.PARTIAL,
        "its pages have another layout than we know: update this program",
        "본문 화면의 구조가 바뀌었습니다. 프로그램을 갱신하세요",
    ),
    "empty": Cause(
        exits.PARTIAL,
        "its listing of the last week is empty: look at it in a browser",
        "지난 한 주의 목록이 비어 있습니다. 브라우저로 확인하세요",
    ),
    "no-key": Cause(
        exits.CONFIGURATION,
        "there is no key: set the variable that open_api.key_env names",
        "인증키가 없습니다. open_api.key_env가 가리키는 변수를 설정하세요",
    ),
    "key": Cause(
        exits.REFUSED,
        "the key is refused: renew it at data.go.kr",
        "인증키가 거부되었습니다. data.go.kr에서 인증키를 갱신하세요",
    ),
    "quota": Cause(
        exits.UNAVAILABLE,
        "the day's calls are used up: wait for midnight in Korea",
        "하루 호출 한도를 다 썼습니다. 자정(한국 시각)까지 기다리세요",
    ),
    "api": Cause(
        exits.PARTIAL,
        "it answers in another form than we know: update this program",
        "응답 형식이 바뀌었습니다. 프로그램을 갱신하세요",
    ),
    "remote-down": Cause(
        exits.UNAVAILABLE,
        "it cannot be had: check news.remote and the network",
        "연결할 수 없습니다. news.remote와 네트워크를 확인하세요",
    ),
    "rights": Cause(
        exits.REFUSED,
        "it does not let us write: check the token, its rights and the branch",
        "쓸 권한이 없습니다. 토큰과 권한, 브랜치를 확인하세요",
    ),
    "unwritable": Cause(
        exits.CANNOT_WRITE,
        "it cannot be written: check permissions and room",
        "쓸 수 없습니다. 권한과 남은 공간을 확인하세요",
    ),
    "settings": Cause(
        exits.CONFIGURATION,
        "the configuration of it cannot be used",
        "설정이 잘못되었습니다",
    ),
    "token": Cause(
        exits.PARTIAL,
        "its token ends soon: make a new one",
        "토큰이 곧 만료됩니다. 새로 만드세요",
    ),
    "clock": Cause(
        exits.PARTIAL,
        "it is wrong: set it (NTP), or embargoes are kept wrongly",
        "시계가 맞지 않습니다. 시각 동기화(NTP)를 켜세요",
    ),
    "full": Cause(
        exits.CANNOT_WRITE,
        "it is full: make room, or scrape prune",
        "가득 찼습니다. 공간을 비우거나 scrape prune을 실행하세요",
    ),
    "damaged": Cause(
        exits.PARTIAL,
        "the state is damaged: the next run moves it aside and makes it anew",
        "상태 파일이 손상되었습니다. 다음 실행 때 새로 만들어집니다",
    ),
}

#: Exit codes, the one that counts most first: what must be mended before the rest.
GRAVEST = (
    exits.CONFIGURATION,
    exits.CANNOT_WRITE,
    exits.REFUSED,
    exits.UNAVAILABLE,
    exits.PARTIAL,
)


def exit_code_of(findings: list[Finding]) -> int:
    """Return the exit code for all that was found."""
    codes = {CAUSES[one.cause].exit_code for one in findings if one.cause}
    return next((code for code in GRAVEST if code in codes), exits.DONE)


def cause_of(error: ScraperError) -> str:
    """Return the name of what an error of the site, the API or the news means."""
    match error:
        case QuotaError():
            return "quota"
        case CallError():
            return "key"
        case BlockedError():
            return _why_blocked(error)
        case ParseError():
            return "page"
        case SourceError():
            return _why_gone(error)
        case RefusedError():
            return "rights"
        case PublishError():
            return "remote-down"
        case StorageError():
            return "unwritable"
        case ConfigError():
            return "settings"
    return "trouble"


def _why_blocked(error: BlockedError) -> str:
    if "robots.txt" in error.reason:
        return "robots"
    return "challenge" if "challenge" in error.reason else "refused"


def _why_gone(error: SourceError) -> str:
    """Return why the site cannot be had: what the system said, if it said anything."""
    for link in _links(error):
        match link:
            case ssl.SSLCertVerificationError():
                return "tls"
            case ssl.SSLEOFError() | ConnectionResetError() | ConnectionAbortedError():
                return "reset"
            case ssl.SSLError():
                return "tls"
            case socket.gaierror():
                return "dns"
            case ConnectionRefusedError():
                return "closed"
            case TimeoutError():
                return "timeout"
            case OSError():
                return "route"
    words = error.reason
    if isinstance(error, UnavailableError) and "maintenance" in words:
        return "maintenance"
    if "broke off" in words:
        return "reset"
    return "timeout" if "no whole answer within" in words else "trouble"


def _links(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it; libraries hide causes, not contexts."""
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__ or link.__context__
