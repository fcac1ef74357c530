"""A key that stands in a request's query on the wire, and nowhere else.

Servers echo what they are sent: in bodies, in ``Location``, in errors of the protocol.
So whatever comes back is searched for the key in every form it may have taken.
"""

import base64
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

import httpx

#: What stands where the key stood.
REDACTED = "..."

#: Characters of the shortest key we look for: less stands in any answer by chance.
LEAST = 8

#: What writes heads of requests and answers to the log.
_TALKATIVE = ("httpcore.connection", "httpcore.http11", "httpcore.proxy", "httpx")


@dataclass(frozen=True, slots=True)
class Secret:
    """A field of a query whose value nobody may see."""

    name: str
    value: str = field(repr=False)

    def sent_with(self, url: httpx.URL) -> httpx.URL:
        """Return ``url`` with the field at the end of its query.

        Portals hand keys out percent-encoded as well; such a key is not encoded twice.
        """
        pair = f"{self.name}={quote(self._plain, safe='')}".encode("ascii")
        query = b"&".join(filter(None, (url.query, pair)))
        return url.copy_with(query=query)

    def redact(self, data: bytes) -> bytes:
        """Return ``data`` without the key, whatever form it has there."""
        for form in self._forms():
            data = data.replace(form, REDACTED.encode())
        return data

    @property
    def _plain(self) -> str:
        return unquote(self.value) if "%" in self.value else self.value

    def _forms(self) -> list[bytes]:
        """Return the forms, longest first, so that none leaves a rest of another."""
        texts = {self.value, self._plain}
        for text in [*texts, self._plain.rstrip("=")]:
            texts.add(text)
            encoded = quote(text, safe="")
            texts |= {encoded, encoded.lower(), _lower_escapes(encoded)}
            texts |= {quote(encoded, safe=""), quote(text), text.replace("+", " ")}
            packed = base64.b64encode(text.encode())
            texts |= {packed.decode(), packed.decode().rstrip("=")}
            texts.add(base64.urlsafe_b64encode(text.encode()).decode().rstrip("="))
        forms = {text.encode() for text in texts if len(text) >= LEAST}
        return sorted(forms, key=len, reverse=True)


@contextmanager
def unheard() -> Iterator[None]:
    """Keep httpcore from logging an exchange while the block runs."""
    with ExitStack() as stack:
        for name in _TALKATIVE:
            logger = logging.getLogger(name)
            stack.callback(setattr, logger, "disabled", logger.disabled)
            logger.disabled = True
        yield


def _lower_escapes(encoded: str) -> str:
    """Return percent-encoded text with its escapes in lower case."""
    head, *rest = encoded.split("%")
    return "".join((head, *(f"%{part[:2].lower()}{part[2:]}" for part in rest)))
