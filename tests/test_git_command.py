"""Running git: whose settings count, where the token is, and what git's words mean."""

import os
import subprocess
import sys
import time

import pytest

from publishers.git import GitPublisher
from publishers.git.command import TIMED_OUT, Git, GitFailed, run_command
from publishers.git.remote import check_branch, parse_remote, token_user
from publishers.git.verdict import Answer, gist, known_failure, push_failure
from scraper.errors import ConfigError, PublishError, RefusedError, StorageError

TOKEN = "canary-7f3a"


class Recorder:
    """Stands in for git: keeps what it was given, answers what it was told to."""

    def __init__(self, *answers: Answer) -> None:
        self.calls: list[tuple[list[str], dict[str, str], bytes]] = []
        self._answers = list(answers)

    def __call__(self, argv, *, env, stdin, timeout, inherit):
        self.calls.append((list(argv), dict(env), stdin))
        return self._answers.pop(0) if self._answers else Answer(0, b"", "")


# --- the token ----------------------------------------------------------------------


def publisher(tmp_path, run, remote="https://forge.example.invalid/o/news.git"):
    return GitPublisher(
        remote,
        mirror=tmp_path / "var" / "mirror",
        author_name="bot",
        author_email="bot@example.invalid",
        token=TOKEN,
        sleep=lambda seconds: None,
        run=run,
    )


def test_token_is_in_no_argument_file_or_message(tmp_path, monkeypatch):
    """Arguments are readable by every user of a machine; files outlive the run."""
    monkeypatch.setenv("GIT_ASKPASS", "/somewhere/else")
    words = f"fatal: unable to access 'https://{TOKEN}@x/': Could not resolve host"
    run = Recorder(*[Answer(128, b"", words)] * 99)
    with pytest.raises(PublishError) as caught:
        publisher(tmp_path, run).publish([], "news")
    assert run.calls
    assert not any(TOKEN in word for argv, _, _ in run.calls for word in argv)
    assert not any(TOKEN.encode() in stdin for _, _, stdin in run.calls)
    assert TOKEN not in str(caught.value)
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes()


@pytest.mark.parametrize("form", ["a/b+c", "a%2Fb%2Bc", "b2F1dGgyOmEvYitj"])
def test_token_is_blotted_out_in_every_form(form):
    run = Recorder(Answer(1, b"", f"fatal: {form} is wrong"))
    git = Git(run=run, token="a/b+c", token_user="oauth2")
    assert git.answer("push").words == "fatal: *** is wrong"


def test_token_is_in_no_environment(tmp_path, monkeypatch):
    """Not even where the operator put it: all that git starts could read it."""
    monkeypatch.setenv("NEWS_TOKEN", TOKEN)
    monkeypatch.setenv("SOMETHING", f"https://bot:{TOKEN}@forge.example.invalid/")
    run = Recorder()
    publisher(tmp_path, run).publish([], "news")
    for argv, env, _ in run.calls:
        assert not any(TOKEN in value for value in env.values()), argv
        assert "PATH" in env


def test_token_that_is_short_takes_no_variable_with_it(tmp_path, monkeypatch):
    """In a test, say; "a" is in every PATH."""
    run = Recorder()
    Git(run=run, token="a", token_user="x")("status")
    assert "PATH" in run.calls[0][1]


def test_only_commands_that_talk_to_the_remote_may_ask_for_the_token(tmp_path):
    run = Recorder()
    publisher(tmp_path, run).publish([], "news")
    for argv, env, _ in run.calls:
        talks = bool({"ls-remote", "fetch", "push"} & set(argv))
        assert ("GIT_ASKPASS" in env) is talks, argv


def test_token_is_not_told_over_ssh_or_to_a_folder(tmp_path):
    (tmp_path / ".git").mkdir()
    for remote in ("ssh://git@forge.example.invalid/o/news.git", str(tmp_path)):
        run = Recorder()
        publisher(tmp_path, run, remote).survey()
        assert not any("GIT_ASKPASS" in env for _, env, _ in run.calls)


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("Username for 'https://forge.example.invalid': ", "x-access-token"),
        ("Password for 'https://x-access-token@forge.example.invalid': ", TOKEN),
    ],
)
def test_askpass_helper_answers_git(tmp_path, prompt, answer):
    """Also when it is asked more than once, and when an old helper lies there."""
    told = []
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "mirror.askpass").write_text("#!/bin/sh\nexit 1\n")

    def run(argv, *, env, stdin, timeout, inherit):
        for _ in range(2 if "GIT_ASKPASS" in env else 0):
            ask = [env["GIT_ASKPASS"], prompt]
            done = subprocess.run(
                ask, env=env, pass_fds=inherit, capture_output=True, text=True
            )
            told.append(done.stdout)
            assert os.stat(env["GIT_ASKPASS"]).st_mode & 0o077 == 0
        return Answer(0, b"", "")

    publisher(tmp_path, run).publish([], "news")
    assert set(told) == {f"{answer}\n"}


def test_token_of_two_lines_is_for_the_operator_to_mend():
    """Git would read the first alone."""
    with pytest.raises(ConfigError, match="line break") as caught:
        Git(token=f"{TOKEN}\n{TOKEN}")
    assert TOKEN not in str(caught.value)


def test_gitlab_wants_another_user_name():
    assert token_user("gitlab.example.invalid") == "oauth2"
    assert token_user("github.com") == "x-access-token"
    assert token_user("git.example.invalid", "gitlab") == "oauth2"
    assert token_user("gitlab.example.invalid", "gitea") == "x-access-token"


# --- whose settings count -----------------------------------------------------------


def test_nothing_of_the_operators_git_takes_part(tmp_path, monkeypatch):
    """A hook, an alias, a helper or a trace file of theirs must not see the news."""
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("GIT_SSH_COMMAND", "false")
    monkeypatch.setenv("SSH_ASKPASS", "/somewhere")
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    run = Recorder()
    Git(run=run)("status")
    argv, env, _ = run.calls[0]
    assert not {"GIT_DIR", "GIT_TRACE", "SSH_ASKPASS"} & set(env)
    assert env["GIT_CONFIG_GLOBAL"] == os.devnull
    assert env["GIT_CONFIG_NOSYSTEM"] == "1"
    assert env["GIT_TERMINAL_PROMPT"] == "0"
    assert env["LC_ALL"] == "C"
    assert "false" not in env["GIT_SSH_COMMAND"]
    for setting in ("core.hooksPath=/dev/null", "credential.helper=", "core.fsync=all"):
        assert argv[argv.index(setting) - 1] == "-c"


def test_settings_of_the_folder_we_are_in_do_not_count(tmp_path, monkeypatch):
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    subprocess.run(["git", "-C", tmp_path, "config", "a.b", "theirs"], check=True)
    monkeypatch.chdir(tmp_path)
    assert Git().answer("config", "a.b").out == b""


def test_only_the_transport_of_the_remote_is_allowed(tmp_path):
    git = Git()
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "n"], check=True)
    address = (tmp_path / "n").as_uri()
    git("ls-remote", "--", address, transport="file")
    for transport in ("", "https"):
        with pytest.raises(GitFailed, match="transport 'file' not allowed"):
            git("ls-remote", "--", address, transport=transport)


# --- running ------------------------------------------------------------------------


def test_command_that_meets_its_deadline_is_ended_with_all_it_started(tmp_path):
    alive = tmp_path / "alive"
    script = f"(while :; do touch {alive}; sleep 0.02; done) & wait"
    answer = run_command(["sh", "-c", script], env={}, stdin=b"", timeout=0.3)
    assert answer.code == TIMED_OUT
    assert "no answer within 0.3 s" in answer.words
    alive.unlink()
    time.sleep(0.1)
    assert not alive.exists()


def test_interrupt_ends_the_command_too(tmp_path, monkeypatch):
    """In a process group of its own, git does not hear the terminal's Ctrl-C."""
    alive = tmp_path / "alive"
    script = f"while :; do touch {alive}; sleep 0.02; done"
    real = subprocess.Popen.communicate
    waits = iter([True])

    def interrupted(self, *args, **named):
        if next(waits, False):
            time.sleep(0.1)
            raise KeyboardInterrupt
        return real(self, *args, **named)

    monkeypatch.setattr(subprocess.Popen, "communicate", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_command(["sh", "-c", script], env={}, stdin=b"", timeout=9)
    alive.unlink()
    time.sleep(0.1)
    assert not alive.exists()


def test_missing_git_is_for_the_operator_to_mend():
    with pytest.raises(ConfigError, match="install git"):
        run_command(["/nowhere/git"], env={}, stdin=b"", timeout=1)


def test_input_and_output_of_any_size_go_through():
    copy = "import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())"
    data = os.urandom(1 << 20)
    argv = [sys.executable, "-c", copy]
    assert run_command(argv, env={}, stdin=data, timeout=30).out == data


# --- addresses ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remote", "transport"),
    [
        ("https://github.com/o/news.git", "https"),
        ("ssh://git@github.com/o/news.git", "ssh"),
        ("git@github.com:o/news.git", "ssh"),
        ("http://127.0.0.1:8000/news.git", "http"),
        ("file:///srv/news", "file"),
        ("../news", "file"),
        ("/srv/새 소식", "file"),
        ("./a:b", "file"),
    ],
)
def test_address_tells_its_transport(remote, transport):
    assert parse_remote(remote).transport == transport


@pytest.mark.parametrize(
    "remote",
    [
        "",
        "http://github.com/o/news.git",
        "git://github.com/o/news.git",
        "ext::sh -c id",
        "EXT::sh -c id",
        "ftp://example.invalid/news",
        "https://",
        "https:///news",
        "https://example.invalid",
        "ssh://-oProxyCommand=id/x",
        "-oProxyCommand=id:x",
        "host:-x",
        "file://elsewhere/news",
        "a\nb",
    ],
)
def test_address_that_could_be_a_trap_is_refused(remote):
    with pytest.raises(ConfigError, match=r"not an? (address|folder)"):
        parse_remote(remote)


@pytest.mark.parametrize(
    "remote", [f"https://{TOKEN}@github.com/o/n", f"https://u:{TOKEN}@github.com/o/n"]
)
def test_address_with_a_secret_is_refused_without_repeating_it(remote):
    with pytest.raises(ConfigError) as caught:
        parse_remote(remote)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("name", ["main", "news/2026", "v1.0", "a-b_c"])
def test_branch_names_pass(name):
    assert check_branch(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-h",
        "a..b",
        "a//b",
        "a/",
        "/a",
        "a b",
        "a~1",
        "x.lock",
        "a.",
        "HEAD",
        "가\n",
    ],
)
def test_branch_names_that_git_or_a_shell_misreads_are_refused(name):
    with pytest.raises(ConfigError, match="not a branch name"):
        check_branch(name)


# --- words --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "kind", "told"),
    [
        ("fatal: Authentication failed for 'https://x/'", RefusedError, "access token"),
        ("fatal: could not read Username for 'https://x'", RefusedError, "token"),
        (
            "remote: Permission to o/n.git denied to bot.\n"
            "fatal: unable to access 'x': The requested URL returned error: 403",
            RefusedError,
            "right to write contents (GitHub: Contents read and write",
        ),
        (
            "fatal: unable to access 'x': The requested URL returned error: 404",
            RefusedError,
            "address",
        ),
        ("git@x: Permission denied (publickey).", RefusedError, "SSH key"),
        (
            "remote: error: GH006: Protected branch update",
            RefusedError,
            "use pull-request mode (scrape --to pr)",
        ),
        (
            "remote: Permission to o/n.git denied to bot: SAML SSO is enforced.\n"
            "fatal: unable to access 'x': The requested URL returned error: 403",
            RefusedError,
            "authorize the access token for the organization's single sign-on",
        ),
        (
            "remote: GitLab: You are attempting to check in one or more blobs which "
            "exceed the 100MiB limit\n! [remote rejected] (pre-receive hook declined)",
            RefusedError,
            "too large for this server",
        ),
        ("fatal: unable to access 'x': Could not resolve host: x", PublishError, "x"),
        ("fatal: x: The requested URL returned error: 503", PublishError, "503"),
        ("fatal: the remote end hung up unexpectedly", PublishError, "hung up"),
        ("remote: fatal: write error: No space left on device", PublishError, "space"),
        ("fatal: write error: No space left on device", StorageError, "space"),
        ("error: cannot mkdir x: Read-only file system", StorageError, "Read-only"),
    ],
)
def test_words_of_git_become_the_error_a_caller_acts_upon(words, kind, told):
    failure = known_failure(words, "the-remote", local=False)
    assert type(failure) is kind
    assert told in str(failure)
    assert "the-remote" in str(failure)


def test_full_disk_of_a_local_repository_is_ours():
    words = "remote: fatal: write error: No space left on device"
    assert isinstance(known_failure(words, "x", local=True), StorageError)


def test_words_that_are_news_to_us_are_no_verdict():
    """Then our own copy may be broken, which can be mended without a person."""
    assert known_failure("fatal: bad object 1234", "x", local=False) is None
    unpack = Answer(1, b"!\ta:b\t[remote rejected] (unpacker error)\n", "fatal: eof")
    assert push_failure(unpack, "x", local=False) is None


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("[rejected] (fetch first)", PublishError),
        ("[rejected] (stale info)", PublishError),
        ("[remote rejected] (failed to update ref)", PublishError),
        ("[remote rejected] (cannot lock ref)", PublishError),
        ("[remote rejected] (atomic transaction failed)", PublishError),
        ("[remote rejected] (pre-receive hook declined)", RefusedError),
        ("[remote rejected] (protected branch hook declined)", RefusedError),
        ("[remote rejected] (refusing to allow a bot)", RefusedError),
        ("[remote rejected] (branch is currently checked out)", RefusedError),
        ("[remote rejected] (Working directory has staged changes)", RefusedError),
    ],
)
def test_reason_of_a_rejected_push_tells_a_race_from_a_refusal(reason, kind):
    answer = Answer(1, f"To x\n!\ta:refs/heads/main\t{reason}\nDone\n".encode(), "")
    assert type(push_failure(answer, "x", local=False)) is kind


def test_words_are_told_as_one_short_line():
    words = (
        "hint: a\nremote: \x1b[31mno\x1b[0m way   \nremote:\nfatal: \x07" + "x" * 999
    )
    said = gist(words)
    assert said.startswith("remote: [31mno [0m way; fatal: xx")
    assert len(said) == 300
    assert gist("") == ""
