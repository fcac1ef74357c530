"""What every rule is given beside the post itself."""

from dataclasses import dataclass
from datetime import datetime

from publishers.check.draft import Draft
from publishers.seal import Seal


@dataclass(frozen=True, slots=True)
class Options:
    """What the operator decided, and when it is."""

    #: Aware; what is dated after it is a day to come.
    now: datetime
    #: The house style the posts are meant to have; "" means any.
    profile: str = ""
    #: The operator's own pictures, as posts address them.
    banners: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class View:
    """A post as the rules look at it."""

    draft: Draft
    #: The body as a reader is meant to see it, in lines; credits in one wording.
    seen: str
    options: Options
    #: It carries our seal, and is what we sealed.
    ours: bool = False
    #: What its seal states, true or not.
    seal: Seal | None = None
