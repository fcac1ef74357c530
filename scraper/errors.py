"""The error tree: one class for each thing a caller does differently.

* ScraperError
  x ConfigError          the operator must mend config.yaml or the environment
  x SourceError          has .url
    + FetchError         no usable answer; the next run tries again
      - BlockedError     refused (401, 403, 451, robots, challenge): ask a person
        . CallError      an API refuses the key or the call; has .code
      - OversizeError    the answer is larger than we accept: trying again is no use
      - NotKeptError     the archive does not hold it (any more)
      - UnavailableError the whole site is out of reach or asks us to wait: stop for now
        . QuotaError     the day's calls of an API are used up; has .until
    + ParseError         the page is not the shape we know
    + MissingError       the site says the page or file is not there (any more)
  x DocumentError        an attachment we cannot read; has .status
  x StorageError         cannot write: disk full, no permission, read-only
  x LockedError          another run holds the lock
  x PublishError         not delivered, so not remembered; the next run tries again
    + RefusedError       the remote or the news repository says no: ask a person

Messages are lower case, one line, and carry the URL, path or key. Errors do not log
themselves; only ``cli`` turns them into exit codes.
"""

from datetime import datetime


class ScraperError(Exception):
    """Whatever this program reports about the world, not about its own code."""


class ConfigError(ScraperError):
    """The configuration cannot be used; ``problems`` has one line for each fault."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class SourceError(ScraperError):
    """Something about one address of the site."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{reason}: {url}")
        self.url = url
        self.reason = reason


class FetchError(SourceError):
    """No usable answer came; the next run may try again."""


class BlockedError(FetchError):
    """The site refuses us; going on would only make it worse."""


class CallError(BlockedError):
    """An API takes neither this call nor another like it; ``code`` is its own."""

    def __init__(self, url: str, reason: str, code: str) -> None:
        super().__init__(url, reason)
        self.code = code


class OversizeError(FetchError):
    """The answer is larger, or inflates further, than we accept."""


class NotKeptError(FetchError):
    """The archive does not hold this page or file (any more)."""


class UnavailableError(FetchError):
    """The whole site cannot be had for now; no fault of the page that was asked for."""


class QuotaError(UnavailableError):
    """An API may not be called any more today; ``until`` is when it may, aware."""

    def __init__(self, url: str, reason: str, until: datetime) -> None:
        super().__init__(url, f"{reason}; open again from {until:%Y-%m-%d %H:%M %Z}")
        self.until = until


class ParseError(SourceError):
    """The page is not in the shape we know."""


class MissingError(SourceError):
    """The site answers that this page or file does not exist (any more)."""


class DocumentError(ScraperError):
    """An attachment whose text we cannot have; ``status`` is a short stable code.

    Codes: ``empty``, ``html``, ``unknown`` (no document we know); ``hwp``, ``pdf``,
    ``hwp3``, ``hwpml``, ``odt``, ``docx`` (a kind without a reader); ``encrypted``,
    ``drm``, ``broken``, ``too_large``; ``crashed``, ``timeout`` (the process that read
    it ended so).
    """

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class StorageError(ScraperError):
    """A file or folder cannot be written; the message names it."""


class LockedError(ScraperError):
    """Another run is at work on the same state."""


class PublishError(ScraperError):
    """The news target did not take the posts; nothing of them is remembered."""


class RefusedError(PublishError):
    """The news target will not take the posts until a person acts."""
