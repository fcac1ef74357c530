"""The place of a news repository on each forge of our own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import forge_fake_gitea
import forge_fake_gitlab
import forge_types
import httpx
from forge_fake import TOKEN, ForgeFake, GitHubFake
from forge_fake_gitea import GiteaFake
from forge_fake_gitlab import GitLabFake
from github_description import judge_if_any, run_graphql
from pull_place import PullPlace, make_hub

from publishers.forges import Forge, gitea, gitlab
from publishers.forges._client import Client

Transport = httpx.BaseTransport | None


class GitLabPlace(PullPlace):
    """A project on GitLab."""

    fake: GitLabFake

    def client(self, token: str = TOKEN, transport: Transport = None) -> Client:
        return Client(
            self.fake.api_url + forge_fake_gitlab.API,
            headers=gitlab.HEADERS,
            token=token,
            refused_hint=gitlab.REFUSED_HINT,
            transport=transport,
            clock=self.clock,
            sleep=self.clock.sleep,
            now=self.clock.now,
        )

    def forge(self, token: str = TOKEN, transport: Transport = None) -> Forge:
        api_url = self.fake.api_url + forge_fake_gitlab.API
        return gitlab.GitLab(
            self.client(token, transport),
            api_url,
            forge_fake_gitlab.REPOSITORY,
            base="main",
            sleep=self.clock.sleep,
        )


class GiteaPlace(PullPlace):
    """A repository on Gitea."""

    fake: GiteaFake

    def client(self, token: str = TOKEN, transport: Transport = None) -> Client:
        return Client(
            self.fake.api_url + forge_fake_gitea.API,
            headers=gitea.HEADERS,
            token=token,
            auth_header=gitea.AUTH_HEADER,
            transport=transport,
            clock=self.clock,
            sleep=self.clock.sleep,
            now=self.clock.now,
        )

    def forge(self, token: str = TOKEN, transport: Transport = None) -> Forge:
        api_url = self.fake.api_url + forge_fake_gitea.API
        return gitea.Gitea(
            self.client(token, transport),
            api_url,
            forge_fake_gitea.REPOSITORY,
            base="main",
            sleep=self.clock.sleep,
        )


KINDS = ("github", "gitlab", "gitea")


@contextmanager
def serve(kind: str, root: Path) -> Iterator[PullPlace]:
    """Serve a forge; at the end, its judge must have found nothing."""
    hub = make_hub(root)
    fake: ForgeFake
    place: type[PullPlace]
    if kind == "github":
        fake, place = GitHubFake(hub, judge_if_any()), PullPlace
        fake.graphql = run_graphql
    elif kind == "gitlab":
        judge = forge_types.if_any(
            lambda exchange: forge_types.gitlab().judge(exchange), forge_types.gitlab
        )
        fake, place = GitLabFake(hub, judge), GitLabPlace
    else:
        clients = (forge_types.gitea, forge_types.forgejo)
        judge = forge_types.if_any(forge_types.gitea_or_forgejo, *clients)
        fake, place = GiteaFake(hub, judge), GiteaPlace
    with fake.serve():
        yield place(root, fake)  # type: ignore[arg-type]
    assert fake.troubles == []
