"""The JSON of GitHub's accounts, labels, repositories and refusals, as it sends it."""

from typing import Any

OWNER, NAME = "newsroom", "news"
REPOSITORY = f"{OWNER}/{NAME}"
WHEN = "2026-11-23T00:30:00Z"


def account(login: str) -> dict[str, Any]:
    here = f"https://api.github.com/users/{login}"
    links = (
        *("followers", "following", "gists", "starred", "subscriptions"),
        *("organizations", "repos", "events", "received_events"),
    )
    return {
        "login": login,
        "id": 1,
        "node_id": "U_1",
        "avatar_url": "https://avatars.githubusercontent.com/u/1",
        "gravatar_id": "",
        "url": here,
        "html_url": f"https://github.com/{login}",
        **{f"{name}_url": f"{here}/{name}" for name in links},
        "type": "User",
        "site_admin": False,
    }


def label(name: str) -> dict[str, Any]:
    return {
        "id": 1,
        "node_id": "LA_1",
        "url": f"https://api.github.com/repos/{REPOSITORY}/labels/x",
        "name": name,
        "description": "보도자료",
        "color": "ededed",
        "default": False,
    }


_REPOSITORY_LINKS = (
    *("archive", "assignees", "blobs", "branches", "collaborators", "comments"),
    *("commits", "compare", "contents", "contributors", "deployments", "downloads"),
    *("events", "forks", "git_commits", "git_refs", "git_tags", "hooks"),
    *("issue_comment", "issue_events", "issues", "keys", "labels", "languages"),
    *("merges", "milestones", "notifications", "pulls", "releases", "stargazers"),
    *("statuses", "subscribers", "subscription", "tags", "teams", "trees"),
)
_REPOSITORY_SWITCHES = (
    *("private", "fork", "archived", "disabled", "has_issues", "has_projects"),
    *("has_wiki", "has_pages", "has_downloads", "has_discussions"),
)


def repository(api_url: str) -> dict[str, Any]:
    here = f"{api_url}/repos/{REPOSITORY}"
    web = f"https://github.com/{REPOSITORY}"
    counts = (
        *("forks", "forks_count", "open_issues", "open_issues_count", "size"),
        *("stargazers_count", "watchers", "watchers_count"),
    )
    return {
        "id": 1,
        "node_id": "R_1",
        "name": NAME,
        "full_name": REPOSITORY,
        "owner": account(OWNER),
        "html_url": web,
        "url": here,
        "description": "보도자료",
        **{f"{name}_url": f"{here}/{name}" for name in _REPOSITORY_LINKS},
        **dict.fromkeys(_REPOSITORY_SWITCHES, False),
        **dict.fromkeys(counts, 0),
        "git_url": f"git://github.com/{REPOSITORY}.git",
        "ssh_url": f"git@github.com:{REPOSITORY}.git",
        "clone_url": f"{web}.git",
        "svn_url": web,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "default_branch": "main",
        "license": None,
        "topics": [],
        "visibility": "public",
        "created_at": WHEN,
        "updated_at": WHEN,
        "pushed_at": WHEN,
    }


def error(message: str) -> dict[str, Any]:
    return {"message": message, "documentation_url": "https://docs.github.com/rest"}


def invalid(message: str) -> dict[str, Any]:
    """Return a refusal as GitHub words it: the telling part is in ``errors``."""
    first = {"resource": "PullRequest", "code": "custom", "message": message}
    return error("Validation Failed") | {"errors": [first]}
