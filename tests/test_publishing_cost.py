"""What a delivery asks of git does not grow with what is held."""

import re

from benchmarks import publishing


def test_delivery_asks_the_same_of_git_whatever_is_held():
    """Neither a listing of all posts nor a fetch, when mirror and tip are known."""
    rows = publishing.measure(sizes=(50, 2_050), times=2)
    warm = [row for row in rows if row["mirror and state"] == "warm"]
    cold = [row for row in rows if row["mirror and state"] == "cold"]
    assert warm[0]["git commands"] == warm[1]["git commands"]
    for row in warm:
        assert (row["fetches"], row["listings of all posts"]) == ("0", "0")
    for row in cold:
        assert (row["fetches"], row["fetches of posts"]) == ("1", "0")


def test_table_is_one_that_readme_pages_take(monkeypatch):
    monkeypatch.setattr(publishing, "SIZES", (25,))
    monkeypatch.setattr(publishing, "TIMES", 1)
    head, empty, *rows, last = publishing.table().split("\n")
    assert head.startswith("## 25 new posts")
    assert (empty, last) == ("", "")
    assert all(re.fullmatch(r"\|.*\|", row) for row in rows)
    assert len(rows) == 4
