"""Drafts that are told by the start of the title, as GitLab and Gitea do.

The mark is the forge's, not part of our title: it is taken off when a title is read,
and put back when one is written to what is a draft.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DraftMark:
    """How a forge marks drafts.

    >>> mark = DraftMark("WIP: ", r"wip:")
    >>> mark.bare("wip: news"), mark.put("news", draft=True)
    ('news', 'WIP: news')
    """

    #: What we put before a title.
    text: str
    #: What people may have put there, in any case of letters.
    pattern: str

    def is_on(self, title: str) -> bool:
        """Say whether a title has the mark."""
        return self.bare(title) != title

    def bare(self, title: str) -> str:
        """Return a title without the mark."""
        return re.sub(rf"(?i)\A\s*(?:(?:{self.pattern})\s*)+", "", title)

    def put(self, title: str, *, draft: bool) -> str:
        """Return a title with the mark, if it is one of a draft."""
        return self.text + title if draft else title
