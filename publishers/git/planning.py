"""Posts and the branch as it is now -> what is to be written, and what is refused."""

from collections.abc import Mapping, Sequence

from publishers.git.commit import blob_id
from publishers.git.local import Change
from publishers.git.mirror import Mirror, TreeEntry
from publishers.paths import EDITED, index_posts, is_ours, parents, unfit
from publishers.plan import Plan
from scraper.model import Post

#: Why a post is refused that a person has just taken out.
DELETED = "deleted by hand"


class Standing:
    """Where releases stand on the branch, as far as the caller cannot know it.

    A caller that was told what came since a tip it knew has the path of every release
    it delivers; then only what comes after that is followed here, whatever the number
    of posts. One that was told nothing gets a list of all posts.
    """

    def __init__(self, mirror: Mirror, below: str) -> None:
        self._mirror = mirror
        self._below = below
        self._tip = ""
        self._paths: dict[str, str] = {}
        #: Ids of posts that a person deleted since :meth:`begin` or :meth:`all`.
        self.gone: set[str] = set()

    def begin(self, tip: str, came: Mapping[str, str]) -> None:
        """Follow from ``tip`` on; the caller was told of all before it."""
        if not self._tip:
            self._tip, self._paths = tip, dict(came)

    def at(self, tip: str) -> dict[str, str]:
        """Return the paths by news id at a commit; "" holds none."""
        if tip and tip != self._tip:
            self._follow(tip)
        return self._paths if tip else {}

    def all(self, tip: str) -> dict[str, str]:
        """Return the path of every post at a commit, listed anew."""
        names = self._mirror.paths(tip, self._below) if tip else []
        self._tip, self._paths = tip, index_posts(names, below=self._below)
        self.gone = set()
        return dict(self._paths)

    def _follow(self, tip: str) -> None:
        change = (
            self._mirror.changed(self._tip, tip, self._below) if self._tip else None
        )
        if change is None:
            self.all(tip)
            return
        came, went = (index_posts(paths, below=self._below) for paths in change)
        for news_id, path in went.items():
            if self._paths.get(news_id) == path:
                del self._paths[news_id]
        self._paths |= came
        self.gone = (self.gone | went.keys()) - came.keys()
        self._tip = tip


def make_plan(
    mirror: Mirror, tip: str, posts: Sequence[Post], standing: Standing, below: str
) -> tuple[Plan, list[Change]]:
    """Decide about each post; only posts that differ are fetched for it."""
    plan = Plan()
    plan.refused = {
        post.news_id: reason for post in posts if (reason := unfit(post, below=below))
    }
    fit = [post for post in posts if post.news_id not in plan.refused]
    entries = _entries(mirror, tip, fit)
    elsewhere = standing.at(tip)
    differing = []
    for post in fit:
        entry = entries.get(post.path)
        if entry and entry.is_file and entry.oid == blob_id(post.text.encode()):
            plan.unchanged.append(post.news_id)
        elif not entry and post.news_id in standing.gone:
            plan.refused[post.news_id] = DELETED
        elif reason := _hindrance(post, entries, elsewhere):
            plan.refused[post.news_id] = reason
        else:
            differing.append(post)
    return plan, _judge(mirror, plan, differing, entries)


def _entries(mirror: Mirror, tip: str, posts: Sequence[Post]) -> dict[str, TreeEntry]:
    """Return what stands at the posts' paths and at the folders above them."""
    paths = [post.path for post in posts]
    if not tip or not paths:
        return {}
    return mirror.entries(tip, [*parents(paths), *paths])


def _judge(
    mirror: Mirror, plan: Plan, posts: list[Post], entries: dict[str, TreeEntry]
) -> list[Change]:
    """Let new posts go, and those go whose predecessor has a whole seal."""
    old = {p.path: entries[p.path].oid for p in posts if p.path in entries}
    contents = mirror.contents(list(old.values()))
    changes = []
    for post in posts:
        if post.path in old and not is_ours(contents[old[post.path]], post.news_id):
            plan.refused[post.news_id] = EDITED
            continue
        plan.write.append(post)
        new = blob_id(post.text.encode())
        mode = entries[post.path].mode if post.path in old else ""
        changes.append(Change(post.path, old.get(post.path, ""), new, mode))
    return changes


def _hindrance(
    post: Post, entries: dict[str, TreeEntry], held: dict[str, str]
) -> str | None:
    """Return why this post cannot stand at its path, whatever is in it."""
    elsewhere = held.get(post.news_id, post.path)
    if elsewhere != post.path:
        return f"the release stands at {elsewhere} already"
    for folder in parents([post.path]):
        if folder in entries and entries[folder].kind != "tree":
            return f"{folder} is not a folder"
    if post.path in entries and not entries[post.path].is_file:
        return f"{post.path} is not a file"
    return None
