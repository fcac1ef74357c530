"""What to do next about pull requests, given what git and the forge show."""

from typing import Any

import pytest
from git_place import post, posts

from publishers import pull_request
from publishers.git.commit import blob_id
from publishers.paths import EDITED
from publishers.pull_request import MOST_BYTES, Open, Push, Tidy, next_step
from publishers.pull_text import EMPTIED, Row
from publishers.pulls import (
    REFUSED,
    Branch,
    File,
    Pull,
    Refusal,
    Sight,
    Spot,
    branch_name,
    declined,
    proposed,
    refusals,
    standing,
)
from scraper.model import Post

EMPTIED_BODY = f"말\n{EMPTIED}"


def pull(
    number: int = 1, state: Any = "open", head: str = "h1", body: str = ""
) -> Pull:
    return Pull(number, state, "제목", body, head, f"https://forge.example/{number}")


def oid(each: Post) -> str:
    return blob_id(each.text.encode())


def spots(*held: Post, ours: bool = True) -> dict[str, Spot]:
    return {each.path: Spot(oid(each), ours) for each in held}


def live(name: str, *held: Post, number: int = 1, **other: Any) -> Branch:
    """Return a branch whose open pull request has these posts."""
    how: dict[str, Any] = {
        "tip": "h1",
        "pulls": (pull(number),),
        "files": tuple(File(each.path, oid(each)) for each in held),
        "spots": spots(*held),
        "rows": tuple(Row(p.news_id, p.path, "new", p.title) for p in held),
        "size": sum(len(each.text.encode()) for each in held),
    }
    return Branch(name, **(how | other))


def sight(*branches: Branch, base: tuple[Post, ...] = (), **other: Any) -> Sight:
    """Return a sight of these branches, base holding these posts as we made them."""
    how: dict[str, Any] = {
        "held": {each.news_id: each.path for each in base},
        "spots": spots(*base),
    }
    last = branch_name("news", len(branches) + 1)
    return Sight("b1", (*branches, Branch(last)), **(how | other))


def pushed(seen: Sight, *given: Post) -> dict[str, list[str]]:
    step = next_step(seen, given)
    assert isinstance(step, Push)
    return {name: [p.news_id for p in some] for name, some in step.posts.items()}


def settled(seen: Sight, *given: Post) -> Tidy:
    step = next_step(seen, given)
    assert isinstance(step, Tidy)
    return step


# --- what a branch name is good for ---------------------------------------------------


@pytest.mark.parametrize(
    ("branch", "kind"),
    [
        (Branch("news"), "start"),
        (Branch("news", "h1", (pull(),)), "live"),
        (Branch("news", "h9", (pull(),)), "live"),
        (Branch("news", "", (pull(),)), "closed"),
        (Branch("news", "h1", (pull(1, "merged"),)), "restart"),
        (Branch("news", "", (pull(1, "merged"),)), "start"),
        (Branch("news", "h2", (pull(1, "merged"),), files=(File("a"),)), "orphan"),
        (Branch("news", "h2", (pull(1, "merged"),)), "append"),
        (Branch("news", "h1", files=(File("a"),)), "orphan"),
        (Branch("news", "h1"), "append"),
        (Branch("news", "h1", (pull(1, "closed"),)), "closed"),
        (Branch("news", "h2", (pull(1, "closed"),)), "closed"),
        (Branch("news", "", (pull(1, "closed"),)), "closed"),
        (Branch("news", "h1", (pull(1, "closed", body=EMPTIED_BODY),)), "restart"),
        (Branch("news", "", (pull(1, "closed", body=EMPTIED_BODY),)), "start"),
        (Branch("news", "h1", (pull(2), pull(1, "closed"))), "live"),
        (
            Branch("news", "h1", (pull(2, "merged", "h2"), pull(1, "merged"))),
            "restart",
        ),
        (Branch("news", "h1", (pull(2, "closed", "h2"), pull(1, "merged"))), "closed"),
    ],
)
def test_standing_of_a_branch(branch, kind):
    assert standing(branch) == kind


def test_ones_that_we_closed_are_not_declined():
    ended = (pull(3, "closed"), pull(2, "closed", body=EMPTIED_BODY), pull(1, "merged"))
    assert [one.number for one in declined(Branch("news", "", ended))] == [3]


def test_proposed_posts_are_those_of_our_names_that_stay():
    files = [
        File(post(1).path, "o1"),
        File(post(2).path, removed=True),
        File("README.md", "o3"),
        File("_posts/2026-11-23-hello.md", "o4"),
    ]
    assert proposed(files) == {"1": files[0]}


def test_refusals_name_the_newest_pull_request_and_all_texts():
    closed = [
        (pull(5, "closed"), [File(post(1).path, "new")]),
        (pull(2, "closed"), [File(post(1).path, "old"), File(post(2).path)]),
    ]
    found = refusals(closed)
    assert found["1"] == Refusal(5, frozenset({"new", "old"}), post(1).path)
    assert found["1"].reason == f"{REFUSED} (#5)"
    assert found["1"].covers("old")
    assert not found["1"].covers("another")
    assert found["2"].covers("anything")


# --- the next step --------------------------------------------------------------------


def test_new_posts_start_a_branch():
    assert pushed(sight(), *posts(1, 2)) == {"news": ["1", "2"]}


def test_nothing_missing_leaves_nothing_to_do():
    step = settled(sight(base=(post(1),)), post(1))
    assert (step.plan.unchanged, step.live, step.empty) == (["1"], (), ())


def test_new_posts_go_to_the_open_pull_request():
    assert pushed(sight(live("news", post(1))), *posts(1, 2)) == {"news": ["2"]}


def test_branch_that_lacks_its_pull_request_comes_first():
    """Whatever is to be written: what is pushed must be seen before more is."""
    orphan = Branch("news", "h1", files=(File(post(1).path, oid(post(1))),))
    step = next_step(sight(orphan), posts(1, 2))
    assert step == Open(orphan)


def test_open_pull_request_is_preferred_to_a_fresh_branch():
    merged = Branch("news", "h1", (pull(1, "merged"),))
    other = live("news-2", post(5), number=2)
    assert pushed(sight(merged, other), post(6)) == {"news-2": ["6"]}


def test_declined_branch_is_passed_over():
    closed = Branch("news", "h1", (pull(1, "closed"),))
    assert pushed(sight(closed), post(6)) == {"news-2": ["6"]}


def test_declined_release_is_refused_whatever_its_text():
    seen = sight(refused={"1": Refusal(7, frozenset({oid(post(1))}))})
    for text in ("본문", "고친 글"):
        assert settled(seen, post(1, text)).plan.refused == {"1": f"{REFUSED} (#7)"}


def test_declined_correction_is_refused_by_its_text():
    fixed, again = post(1, "고친 글"), post(1, "다시 고친 글")
    seen = sight(base=(post(1),), refused={"1": Refusal(7, frozenset({oid(fixed)}))})
    assert settled(seen, fixed).plan.refused == {"1": f"{REFUSED} (#7)"}
    assert pushed(seen, again) == {"news": ["1"]}


def test_correction_of_an_unknown_declined_text_stays_refused():
    """Where the forge does not say what was declined, no is safer than yes."""
    seen = sight(base=(post(1),), refused={"1": Refusal(7, frozenset({""}))})
    assert set(settled(seen, post(1, "고친 글")).plan.refused) == {"1"}


def test_release_in_an_open_pull_request_is_not_declined_any_more():
    seen = sight(live("news", post(1)), refused={"1": Refusal(7, frozenset({""}))})
    assert pushed(seen, post(1, "고친 글")) == {"news": ["1"]}


@pytest.mark.parametrize("where", ["base", "branch"])
def test_edit_by_hand_is_refused_wherever_it_is(where):
    edited = {post(1).path: Spot("edited", ours=False)}
    if where == "base":
        seen = sight(live("news", post(1)), spots=edited, held={"1": post(1).path})
    else:
        seen = sight(live("news", post(1), spots=edited))
    assert settled(seen, post(1, "고친 글")).plan.refused == {"1": EDITED}


def test_what_no_post_can_stand_on_is_refused():
    trouble = {post(1).path: Spot(trouble="_posts/2026 is not a folder")}
    assert settled(sight(spots=trouble), post(1)).plan.refused == {
        "1": "_posts/2026 is not a folder"
    }


def test_release_that_stands_elsewhere_is_refused():
    elsewhere = "_posts/2026/11/2026-11-24-1.md"
    seen = sight(held={"1": elsewhere})
    refused = settled(seen, post(1)).plan.refused
    assert refused == {"1": f"the release stands at {elsewhere} already"}
    moved = live("news", files=(File(elsewhere, "o"),), spots={elsewhere: Spot("o")})
    assert settled(sight(moved), post(1)).plan.refused == refused


def test_unsealed_post_is_let_out_nowhere():
    bare = Post("1", post(1).path, "---\ntitle: 글\n---\n", "글")
    assert settled(sight(), bare).plan.refused == {"1": "the post is not sealed"}


# --- full and empty -------------------------------------------------------------------


def test_releases_beyond_the_most_go_to_the_next_branches(monkeypatch):
    monkeypatch.setattr(pull_request, "MOST_RELEASES", 2)
    seen = sight(live("news", *posts(1)))
    assert pushed(seen, *posts(2, 3, 4, 5, 6)) == {
        "news": ["2"],
        "news-2": ["3", "4"],
        "news-3": ["5", "6"],
    }


def test_bytes_beyond_the_most_go_to_the_next_branch():
    large = live("news", post(1), size=MOST_BYTES - 10)
    assert pushed(sight(large), post(2)) == {"news-2": ["2"]}


def test_post_larger_than_the_most_goes_alone():
    huge = post(1, "글" * MOST_BYTES)
    assert pushed(sight(), huge, post(2)) == {"news": ["1"], "news-2": ["2"]}


def test_correction_stays_with_a_full_pull_request(monkeypatch):
    monkeypatch.setattr(pull_request, "MOST_RELEASES", 1)
    seen = sight(live("news", post(1)))
    assert pushed(seen, post(1, "고친 글"), post(2)) == {
        "news": ["1"],
        "news-2": ["2"],
    }


def test_what_a_forge_does_not_list_yet_is_not_proposed_twice():
    """Another run has just pushed it: git shows that, the forge a moment later."""
    seen = sight(live("news", *posts(1, 2), files=(File(post(1).path, "o"),)))
    assert settled(seen, *posts(1, 2)).plan.unchanged == ["1", "2"]
    assert pushed(seen, post(2, "새 글")) == {"news": ["2"]}


def test_correction_goes_where_it_does_not_collide():
    """The open branch left base before the post came there."""
    seen = sight(live("news", post(1)), base=(post(2),))
    assert pushed(seen, post(2, "고친 글"), post(3)) == {
        "news-2": ["2"],
        "news": ["3"],
    }


def test_pull_request_whose_changes_base_has_is_empty():
    branch = live("news", post(1))
    step = settled(sight(branch, base=(post(1),)))
    assert (step.live, step.empty) == ((branch,), (branch,))


@pytest.mark.parametrize(
    "files",
    [
        (),
        (File("README.md", "other"),),
        (File("not-there-yet.md", "o"),),
        (File(post(1).path, removed=True),),
    ],
    ids=["nothing listed", "another file", "listed early", "removal"],
)
def test_pull_request_with_anything_else_is_not_empty(files):
    """A forge may be slow to list; a person's change is never thrown away."""
    held = spots(post(1)) | {"README.md": Spot("other")}
    if files and files[0].removed:
        held = {}
    branch = live("news", files=files, spots=held)
    assert settled(sight(branch, base=(post(1),))).empty == ()


def test_removal_that_base_has_too_leaves_a_pull_request_empty():
    branch = live("news", files=(File("old.md", removed=True),))
    assert settled(sight(branch)).empty == (branch,)


def test_pull_request_that_gets_new_posts_is_not_closed_first():
    branch = live("news", post(1))
    assert pushed(sight(branch, base=(post(1),)), post(2)) == {"news": ["2"]}


def test_names_go_on_after_the_last_one(monkeypatch):
    monkeypatch.setattr(pull_request, "MOST_RELEASES", 1)
    closed = [
        Branch(branch_name("news", n), "h", (pull(n, "closed"),)) for n in range(1, 10)
    ]
    names = list(pushed(sight(*closed), *posts(1, 2)))
    assert names == ["news-10", "news-11"]
