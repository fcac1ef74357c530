"""Show it: posts to where readers find them.

A publisher is any object with these three methods (``publishers.directory`` writes a
folder, ``publishers.git`` makes one commit and pushes it):

``survey(since: str) -> Survey``
    What the target holds. ``since`` is a tip this publisher gave earlier, or "" for
    everything; a tip it no longer knows gives everything, with ``complete`` true.

``read(paths: Collection[str]) -> dict[str, str]``
    The posts that stand at these paths now, whatever a person made of them.

``publish(posts: Sequence[Post], subject: str) -> Receipt``
    Deliver all posts, or raise :class:`~scraper.errors.PublishError` and deliver none.
    It returns only when the target shows them. A post whose bytes are already there is
    left alone; one whose seal a person broke is refused, never overwritten; nothing is
    ever deleted. ``{releases}`` in ``subject`` becomes the number of posts written.
"""
