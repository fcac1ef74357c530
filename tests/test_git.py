"""Posts to a git repository, with real git in a temporary folder."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from git_place import (
    SUBJECT,
    Place,
    commits,
    files,
    git,
    hook,
    left_in,
    post,
    posts,
    remove,
    tip,
    trouble,
    write_and_push,
)

from publishers.git import TRIES
from publishers.git.command import Git
from publishers.git.mirror import Mirror
from publishers.git.remote import parse_remote
from publishers.git.verdict import Answer
from publishers.paths import EDITED, parents
from scraper.errors import PublishError, RefusedError, StorageError
from scraper.model import Post


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


# --- delivering ---------------------------------------------------------------------


def test_first_publish_makes_a_repository_with_its_files_checked_out(place):
    receipt = place.publisher().publish(posts(1, 2), SUBJECT)
    assert receipt.written == ("1", "2")
    assert receipt.tip == tip(place.news)
    for each in posts(1, 2):
        assert (place.news / each.path).read_text("utf-8") == each.text
    assert commits(place.news) == 1
    assert not trouble(place.news)


def test_later_posts_come_on_top_of_earlier_ones(place):
    first = place.publisher().publish(posts(1), SUBJECT)
    second = place.publisher().publish(posts(2), SUBJECT)
    assert git(place.news, "rev-parse", "main^") == first.tip
    assert second.tip == tip(place.news)
    assert len(files(place.news)) == 2
    assert not trouble(place.news)


def test_same_posts_again_make_no_commit(place):
    first = place.publisher().publish(posts(1, 2), SUBJECT)
    again = place.publisher().publish(posts(1, 2), SUBJECT)
    assert again.unchanged == ("1", "2")
    assert again.written == ()
    assert again.tip == first.tip == tip(place.news)
    assert place.commands().count("push") == 1


def test_changed_post_of_ours_is_replaced(place):
    publisher = place.publisher()
    publisher.publish(posts(1, 2), SUBJECT)
    receipt = publisher.publish([post(1, "고친 본문"), post(2)], SUBJECT)
    assert (receipt.written, receipt.unchanged) == (("1",), ("2",))
    assert "고친 본문" in (place.news / post(1).path).read_text("utf-8")
    assert not trouble(place.news)


def test_one_batch_is_one_commit(place):
    receipt = place.publisher().publish([post(n) for n in range(300)], SUBJECT)
    assert len(receipt.written) == 300
    assert commits(place.news) == 1
    assert len(files(place.news)) == 300


def test_batch_stays_one_pack_and_a_few_posts_make_none(place):
    """Taken apart, every post of a batch would be packed and synced once more."""
    publisher = place.publisher()
    publisher.publish([post(n) for n in range(40)], SUBJECT)
    counted = git(place.news, "count-objects", "-v").splitlines()
    assert {"count: 0", "packs: 1"} <= {*counted}
    publisher.publish(posts(50, 51), SUBJECT)
    assert "packs: 1" in git(place.news, "count-objects", "-v").splitlines()
    assert not trouble(place.news)


def test_publish_of_nothing_writes_nothing(place):
    receipt = place.publisher().publish([], SUBJECT)
    assert (receipt.written, receipt.tip) == ((), "")


def test_commit_names_the_bot_the_time_and_the_titles(place):
    place.publisher().publish(posts(1, 2), SUBJECT)
    shown = git(place.news, "log", "-1", "--format=%an|%ae|%cn|%ai|%B")
    assert shown == (
        "보도자료 bot|bot@example.invalid|보도자료 bot|2026-11-23 10:30:00 +0900|"
        f"{SUBJECT}\n\n- 글 1 (1)\n- 글 2 (2)\n\nRelease-Id: 1\nRelease-Id: 2"
    )


def test_long_batches_list_fifty_titles(place):
    place.publisher().publish([post(n) for n in range(60)], SUBJECT)
    titles, trailers = git(place.news, "log", "-1", "--format=%b").split("\n\n")
    assert len(titles.splitlines()) == 51
    assert titles.splitlines()[-1] == "- and 10 more"
    assert len(trailers.splitlines()) == 60


def test_titles_cannot_act_on_a_forge_or_pass_for_trailers(place):
    """Titles are other people's words; a commit message is read by machines."""
    hostile = [
        post(1, title="--amend\nCo-authored-by: 아무개 <a@example.invalid>"),
        post(
            2, title="발표 [skip ci] fixes #12, GH-3 @somebody https://example.invalid"
        ),
        post(3, title="\u202e거꾸로\x1b[31m\x00"),
    ]
    place.publisher().publish(hostile, "news: 3\n\nCloses #1")
    body = git(place.news, "log", "-1", "--format=%B")
    trailers = git(place.news, "log", "-1", "--format=%(trailers)")
    assert trailers.splitlines() == ["Release-Id: 1", "Release-Id: 2", "Release-Id: 3"]
    for sign in ("[skip ci]", "#1", "@s", "GH-", "://", "\x1b", "\u202e"):
        assert sign not in body
    assert len(body.splitlines()) == 9


def test_bare_and_spaced_korean_paths_work(place):
    news = place.root / "새 소식.git"
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", news], check=True)
    receipt = place.publisher(news.as_uri()).publish(posts(1), SUBJECT)
    assert receipt.tip == tip(news)
    assert place.publisher(str(news)).publish(posts(1), SUBJECT).unchanged == ("1",)


def test_empty_folder_becomes_the_repository(place):
    place.news.mkdir()
    place.publisher().publish(posts(1), SUBJECT)
    assert not trouble(place.news)


def test_folder_inside_another_repository_gets_its_own(place):
    """Looking for a repository upwards would push the news into the program's."""
    subprocess.run(["git", "init", "--quiet", place.root], check=True)
    place.publisher().publish(posts(1), SUBJECT)
    assert (place.news / ".git").is_dir()
    assert tip(place.news)


# --- people -------------------------------------------------------------------------


def test_edit_by_hand_is_kept_and_reported(place):
    place.publisher().publish(posts(1, 2), SUBJECT)
    edited = post(1).text.replace("본문", "사람이 고친 글")
    write_and_push(place.person(), post(1).path, edited)
    receipt = place.publisher().publish(
        [post(1, "새 본문"), post(2, "새 본문")], SUBJECT
    )
    assert receipt.refused == {"1": EDITED}
    assert receipt.written == ("2",)
    assert (place.news / post(1).path).read_text("utf-8") == edited
    assert not trouble(place.news)


def test_seal_of_another_release_does_not_count(place):
    """A file copied over another is intact by itself, and still a person's doing."""
    place.publisher().publish(posts(1, 2), SUBJECT)
    write_and_push(place.person(), post(1).path, post(2).text)
    assert place.publisher().publish([post(1, "새 글")], SUBJECT).refused == {
        "1": EDITED
    }


def test_release_that_stands_elsewhere_is_not_written_twice(place):
    place.publisher().publish(posts(1), SUBJECT)
    clone = place.person()
    git(clone, "mv", post(1).path, "_posts/2026-01-01-1.md")
    write_and_push(clone, "README.md", "글\n")
    receipt = place.publisher().publish([post(1, "새 글")], SUBJECT)
    assert "stands at _posts/2026-01-01-1.md" in receipt.refused["1"]


@pytest.mark.parametrize("kind", ["link", "file above"])
def test_what_is_no_post_is_never_replaced(place, kind):
    place.publisher().publish(posts(1), SUBJECT)
    clone = place.person()
    if kind == "link":
        git(clone, "rm", "--quiet", post(1).path)
        path = clone / post(1).path
        path.parent.mkdir(parents=True)
        path.symlink_to("elsewhere")
        write_and_push(clone, "README.md", "글\n")
        receipt = place.publisher().publish(posts(1), SUBJECT)
        assert "is not a file" in receipt.refused["1"]
    else:
        git(clone, "rm", "--quiet", "-r", "_posts")
        write_and_push(clone, "_posts/2026", "글\n")
        receipt = place.publisher().publish(posts(1), SUBJECT)
        assert receipt.refused["1"] == "_posts/2026 is not a folder"
    assert receipt.written == ()


def test_other_files_of_the_repository_stay(place):
    place.publisher().publish(posts(1), SUBJECT)
    write_and_push(place.person(), "_config.yml", "title: 소식\n")
    place.publisher().publish(posts(2), SUBJECT)
    assert files(place.news) == {"_config.yml", post(1).path, post(2).path}


@pytest.mark.parametrize(
    "path",
    [
        "../2026-11-23-1.md",
        "/_posts/2026-11-23-1.md",
        "_posts/../2026-11-23-1.md",
        "_posts/.git/2026-11-23-1.md",
        "_posts//2026-11-23-1.md",
        "_posts/con/2026-11-23-1.md",
        "_posts/a./2026-11-23-1.md",
        "_posts/글/2026-11-23-1.md",
        "_posts/-x/2026-11-23-1.md",
        "_posts/a\nb/2026-11-23-1.md",
        "_posts/2026-11-23-1.md\n",
        "_posts/2026-11-23-2.md",
        "_posts/2026-11-23-one.md",
        "_layouts/2026-11-23-1.md",
        "_posts/" + "a" * 200 + "/2026-11-23-1.md",
    ],
)
def test_unsafe_path_is_refused_alone(place, path):
    bad = Post("1", path, post(1).text, "글")
    receipt = place.publisher().publish([bad, post(2)], SUBJECT)
    assert list(receipt.refused) == ["1"]
    assert receipt.written == ("2",)


def test_unsealed_post_is_not_let_out(place):
    """It would count as edited by hand from then on."""
    bad = Post("1", post(1).path, post(1).text + "\n", "글")
    assert place.publisher().publish([bad], SUBJECT).refused == {
        "1": "the post is not sealed"
    }


def test_release_twice_in_a_batch_is_our_own_mistake(place):
    with pytest.raises(ValueError, match="twice in one batch: 1"):
        place.publisher().publish([post(1), post(1, "또")], SUBJECT)


# --- others at the same time --------------------------------------------------------


def once(place: Place, name: str, act: Callable[[], object]) -> None:
    """Do something just before the first git command of this name."""

    def before(command: str) -> None:
        if command == name:
            place.before = lambda _: None
            act()

    place.before = before


def test_push_of_another_meanwhile_is_built_upon(place):
    place.publisher().publish(posts(1), SUBJECT)
    clone = place.person()
    once(place, "push", lambda: write_and_push(clone, "person.txt", "글\n"))
    receipt = place.publisher().publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    assert files(place.news) == {post(1).path, post(2).path, "person.txt"}
    assert commits(place.news) == 3
    assert (
        git(place.news, "log", "-1", "--skip=1", "--format=%s") == "a person's change"
    )
    assert len(place.naps) == 1
    assert not trouble(place.news)


def test_other_runner_with_the_same_posts_leaves_nothing_to_do(place, tmp_path):
    """Same input, same bytes: the loser of the race finds its work done."""
    place.publisher().publish(posts(1), SUBJECT)
    other = Place(tmp_path / "other")
    other.news = place.news
    once(place, "push", lambda: other.publisher().publish(posts(2, 3), SUBJECT))
    place.publisher().publish(posts(2, 3), SUBJECT)
    assert commits(place.news) == 2
    assert not trouble(place.news)


def test_branch_moved_back_meanwhile_is_not_moved_forward_again(place):
    """A plain push would restore what a person has just taken out."""
    place.publisher().publish(posts(1), SUBJECT)
    place.publisher().publish(posts(2), SUBJECT)
    once(place, "push", lambda: git(place.news, "reset", "--quiet", "--hard", "main^"))
    place.publisher().publish(posts(3), SUBJECT)
    assert files(place.news) == {post(1).path, post(3).path}


def test_remote_that_keeps_moving_is_given_up_after_some_tries(place, monkeypatch):
    monkeypatch.setattr("publishers.git.TRIES", 3)
    place.publisher().publish(posts(1), SUBJECT)
    clone = place.person()

    def move(command: str) -> None:
        if command == "push":
            write_and_push(clone, "person.txt", f"{time.monotonic_ns()}\n")

    place.before = move
    with pytest.raises(PublishError, match="not delivered in 3 tries"):
        place.publisher().publish(posts(2), SUBJECT)
    assert len(place.naps) == 2
    assert all(0 <= nap <= 30 for nap in place.naps)


def test_lost_answer_to_a_push_that_landed_is_a_success(place):
    """What the push says proves nothing; only the branch does."""
    publisher = place.publisher()
    publisher.publish(posts(1), SUBJECT)
    real = place.run

    def lossy(argv, **other):
        answer = real(argv, **other)
        if Place.command(argv) == "push":
            words = "fatal: the remote end hung up unexpectedly"
            return Answer(
                128, b"!\t:\t[remote rejected] (failed to update ref)\n", words
            )
        return answer

    place.run = lossy  # type: ignore[method-assign]
    receipt = place.publisher().publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    assert commits(place.news) == 2


def test_push_that_lies_about_success_is_not_believed(place):
    place.publisher().publish(posts(1), SUBJECT)
    real = place.run
    lies = iter([True])

    def lying(argv, **other):
        if Place.command(argv) == "push" and next(lies, False):
            return Answer(0, b"", "")
        return real(argv, **other)

    place.run = lying  # type: ignore[method-assign]
    receipt = place.publisher().publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    assert post(2).path in files(place.news)


def test_answer_lost_and_person_pushed_on_top_is_one_commit_of_ours(place):
    place.publisher().publish(posts(1), SUBJECT)
    clone = place.person()
    real = place.run

    def lossy(argv, **other):
        answer = real(argv, **other)
        if Place.command(argv) == "push":
            git(clone, "pull", "--quiet", "--rebase", "origin", "main")
            write_and_push(clone, "person.txt", "글\n")
            return Answer(128, b"", "fatal: early EOF")
        return answer

    place.run = lossy  # type: ignore[method-assign]
    receipt = place.publisher().publish(posts(2), SUBJECT)
    assert receipt.written == ("2",)
    assert commits(place.news) == 3
    assert not place.naps


def test_answer_and_look_both_lost_is_found_out_by_the_next_try(place):
    """The posts are there, byte for byte, and it was this call that wrote them."""
    place.publisher().publish(posts(1), SUBJECT)
    real, lost = place.run, []

    def lossy(argv, **other):
        answer = real(argv, **other)
        if Place.command(argv) == "push" or lost == ["push"]:
            lost.append(Place.command(argv))
            return Answer(128, b"", "fatal: Could not resolve host: news")
        return answer

    place.run = lossy  # type: ignore[method-assign]
    receipt = place.publisher().publish(posts(1, 2), SUBJECT)
    assert lost == ["push", "ls-remote"]
    assert (receipt.written, receipt.unchanged) == (("2",), ("1",))
    assert commits(place.news) == 2


# --- survey -------------------------------------------------------------------------


def test_survey_lists_every_post_and_nothing_else(place):
    place.publisher().publish(posts(1, 2), SUBJECT)
    write_and_push(place.person(), "_posts/2026-11-23-hello.md", "글\n")
    survey = place.publisher().survey()
    assert survey.complete
    assert survey.paths == {"1": post(1).path, "2": post(2).path}
    assert survey.tip == tip(place.news)


def test_survey_of_what_is_not_there_yet_creates_nothing(place):
    survey = place.publisher().survey("0" * 40)
    assert (survey.tip, survey.paths, survey.complete) == ("", {}, True)
    assert not place.news.exists()


def test_survey_since_a_tip_lists_what_came(place):
    publisher = place.publisher()
    since = publisher.publish(posts(1), SUBJECT).tip
    write_and_push(place.person(), post(2).path, post(2).text)
    survey = place.publisher().survey(since)
    assert not survey.complete
    assert survey.paths == {"2": post(2).path}
    assert place.publisher().survey(survey.tip).paths == {}


def test_survey_since_a_tip_costs_one_exchange_when_nothing_came(place):
    since = place.publisher().publish(posts(1), SUBJECT).tip
    place.calls.clear()
    place.publisher().survey(since)
    commands = place.commands()
    assert commands.count("ls-remote") == 1
    assert not {"fetch", "ls-tree"} & set(commands)


@pytest.mark.parametrize("since", ["0" * 40, "nonsense", "--help"])
def test_survey_since_an_unknown_tip_is_complete(place, since):
    place.publisher().publish(posts(1), SUBJECT)
    survey = place.publisher().survey(since)
    assert survey.complete
    assert set(survey.paths) == {"1"}


def test_survey_after_history_was_rewritten_is_complete(place):
    since = place.publisher().publish(posts(1, 2), SUBJECT).tip
    git(place.news, "rm", "--quiet", post(1).path)
    git(place.news, "commit", "--quiet", "--amend", "-m", "rewritten")
    survey = place.publisher().survey(since)
    assert survey.complete
    assert set(survey.paths) == {"2"}


def test_survey_with_a_new_mirror_is_complete(place):
    publisher = place.publisher()
    since = publisher.publish(posts(1), SUBJECT).tip
    publisher.publish(posts(2), SUBJECT)
    remove(place.mirror)
    survey = place.publisher().survey(since)
    assert survey.complete
    assert set(survey.paths) == {"1", "2"}


def test_mirror_holds_no_post_and_no_history(place):
    """A repository of 100,000 posts must not be downloaded to add one."""
    for number in range(4):
        place.publisher().publish([post(number)], SUBJECT)
    remove(place.mirror)
    place.publisher().survey()
    held = git(place.mirror, "cat-file", "--batch-all-objects", "--batch-check")
    kinds = [line.split()[1] for line in held.splitlines()]
    assert kinds.count("commit") == 1
    assert kinds.count("blob") == 0


def test_looking_at_some_posts_does_not_list_their_neighbors(place):
    """A flat folder of 100,000 posts must not be listed to look at one."""
    place.publisher().publish([post(number) for number in range(9)], SUBJECT)
    mirror = Mirror(place.mirror, parse_remote(str(place.news)), "main", Git())
    asked = [*parents([post(1).path]), post(1).path, post(99).path]
    found = mirror.entries(mirror.update(), asked)
    assert set(found) == {"_posts", "_posts/2026", "_posts/2026/11", post(1).path}


def test_rewrite_fetches_only_the_posts_that_differ(place):
    place.publisher().publish([post(number) for number in range(30)], SUBJECT)
    remove(place.mirror)
    receipt = place.publisher().publish([post(1, "새 글"), post(2, "새 글")], SUBJECT)
    assert receipt.written == ("1", "2")
    old = git(place.news, "rev-parse", f"main^:{post(1).path}", f"main^:{post(2).path}")
    held = git(place.mirror, "cat-file", "--batch-all-objects", "--batch-check")
    blobs = {line.split()[0] for line in held.splitlines() if " blob " in line}
    new = git(place.news, "rev-parse", f"main:{post(1).path}", f"main:{post(2).path}")
    assert blobs == {*old.splitlines(), *new.splitlines()}


# --- the mirror ---------------------------------------------------------------------


def half(mirror: Path) -> None:
    remove(mirror)
    (mirror / "objects").mkdir(parents=True)


def empty_objects(mirror: Path) -> None:
    for pack in mirror.glob("objects/pack/*"):
        pack.chmod(0o644)
        pack.write_bytes(b"")


def no_objects(mirror: Path) -> None:
    remove(mirror / "objects" / "pack")


def torn_ref(mirror: Path) -> None:
    (mirror / "refs/remotes/origin/main").write_text("")


def stale_locks(mirror: Path) -> None:
    for name in ("refs/remotes/origin/main", "shallow", "config", "packed-refs"):
        (mirror / f"{name}.lock").touch()
    (mirror / "refs/bodojaryo").mkdir(exist_ok=True)
    (mirror / "refs/bodojaryo/next.lock").touch()


def a_file(mirror: Path) -> None:
    remove(mirror)
    mirror.write_text("")


@pytest.mark.parametrize(
    "harm", [remove, half, empty_objects, no_objects, torn_ref, stale_locks, a_file]
)
def test_broken_mirror_is_made_anew(place, harm):
    place.publisher().publish(posts(1), SUBJECT)
    harm(place.mirror)
    receipt = place.publisher().publish([post(1, "새 글"), post(2)], SUBJECT)
    assert receipt.written == ("1", "2")
    assert commits(place.news) == 2
    assert not place.naps
    harm(place.mirror)
    assert len(place.publisher().survey().paths) == 2
    assert left_in(place.mirror.parent) == ["mirror", "mirror.lock"]
    assert not trouble(place.news)


def test_mirror_of_another_remote_is_not_used(place):
    place.publisher().publish(posts(1), SUBJECT)
    other = place.publisher(str(place.root / "other"))
    assert other.survey().paths == {}
    assert other.publish(posts(2), SUBJECT).written == ("2",)
    assert files(place.root / "other") == {post(2).path}


def test_mirror_that_gathered_many_packs_is_made_anew(place, monkeypatch):
    """It never repacks; a daemon of months must not slow down."""
    monkeypatch.setattr("publishers.git.mirror.MOST_PACKS", 3)
    for number in range(6):
        place.publisher().publish([post(number)], SUBJECT)
    assert len(list(place.mirror.glob("objects/pack/*.pack"))) <= 4
    assert commits(place.news) == 6


# --- refusals -----------------------------------------------------------------------


def test_uncommitted_change_in_the_repository_is_refused_and_kept(place):
    place.publisher().publish(posts(1), SUBJECT)
    before = tip(place.news)
    (place.news / post(1).path).write_text("쓰는 중\n")
    with pytest.raises(RefusedError, match=r"not committed.*git -C .*news status"):
        place.publisher().publish(posts(2), SUBJECT)
    assert (place.news / post(1).path).read_text() == "쓰는 중\n"
    assert tip(place.news) == before
    assert not place.naps


def test_untracked_file_in_the_way_is_refused_and_kept(place):
    place.publisher().publish(posts(1), SUBJECT)
    (place.news / post(2).path).write_text("쓰는 중\n")
    with pytest.raises(RefusedError, match="not committed"):
        place.publisher().publish(posts(2, 3), SUBJECT)
    assert (place.news / post(2).path).read_text() == "쓰는 중\n"
    assert not (place.news / post(3).path).exists()


def test_repository_that_takes_no_pushes_is_told_how_to(place):
    subprocess.run(["git", "init", "--quiet", "-b", "main", place.news], check=True)
    (place.news / "README.md").write_text("글\n")
    git(place.news, "add", ".")
    git(place.news, "commit", "--quiet", "-m", "first")
    with pytest.raises(RefusedError, match=r"receive\.denyCurrentBranch updateInstead"):
        place.publisher().publish(posts(1), SUBJECT)
    git(place.news, "config", "receive.denyCurrentBranch", "updateInstead")
    place.publisher().publish(posts(1), SUBJECT)
    assert not trouble(place.news)


def test_hook_that_declines_is_refused_with_its_words(place):
    place.publisher().publish(posts(1), SUBJECT)
    hook(place.news, "pre-receive", "echo 'no posts on holidays' >&2; exit 1")
    with pytest.raises(RefusedError, match="no posts on holidays"):
        place.publisher().publish(posts(2), SUBJECT)
    assert commits(place.news) == 1
    assert not place.naps


def test_folder_that_is_no_repository_is_refused(place):
    place.news.mkdir()
    (place.news / "photo.jpg").write_bytes(b"")
    with pytest.raises(RefusedError, match="neither a git repository nor an empty"):
        place.publisher().publish(posts(1), SUBJECT)
    assert [p.name for p in place.news.iterdir()] == ["photo.jpg"]


def test_unreachable_remote_is_tried_again_and_then_told(place, monkeypatch):
    """The port is closed: nothing listens on it on this machine."""
    remote = "http://127.0.0.1:9/news.git"
    with pytest.raises(PublishError, match="not available") as caught:
        place.publisher(remote).publish(posts(1), SUBJECT)
    assert not isinstance(caught.value, RefusedError)
    assert len(place.naps) == TRIES - 1


@pytest.mark.parametrize("name", ["news", "var"])
def test_place_that_cannot_be_written_is_a_storage_error(place, name):
    (place.root / name).write_text("a file, not a folder")
    remote = str(place.root / "news" / "deeper") if name == "news" else ""
    with pytest.raises(StorageError, match=f"cannot write .*{name}"):
        place.publisher(remote).publish(posts(1), SUBJECT)
