"""What is to be done with each post of a batch, and what was done in the end."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from scraper.model import Post, Receipt


@dataclass(slots=True)
class Plan:
    """Each post of a batch in exactly one part, given what the target holds now."""

    write: list[Post] = field(default_factory=list)
    #: Ids whose post is there, byte for byte.
    unchanged: list[str] = field(default_factory=list)
    #: Reasons by id.
    refused: dict[str, str] = field(default_factory=dict)

    def receipt(
        self, posts: Sequence[Post], tip: str, *, sent: Collection[str] = ()
    ) -> Receipt:
        """Return the receipt once the plan is carried out, ids in the order of posts.

        ``sent`` are ids an earlier try delivered without learning that it did; found
        in place now, they were written by this call.
        """
        written = {post.news_id for post in self.write}
        written.update(news_id for news_id in self.unchanged if news_id in sent)
        ids = [post.news_id for post in posts if post.news_id not in self.refused]
        return Receipt(
            written=tuple(news_id for news_id in ids if news_id in written),
            unchanged=tuple(news_id for news_id in ids if news_id not in written),
            refused=dict(self.refused),
            tip=tip,
        )
