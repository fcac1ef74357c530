"""An alarm, and what is told of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

#: What to do, by code.
REMEDIES = {
    "silence": "run `scrape doctor`; if the site shows newer releases, its listing is "
    "not what we are given",
    "ministry": "look whether the site lists newer releases of it; a ministry that was "
    "renamed or dissolved is silenced with `scrape alarms silence`",
    "drop": "compare the day on the site with `scrape status`; then read it again with "
    "--since",
    "zero": "compare the day on the site; a holiday decreed lately is no trouble",
    "layout": "look at the sample; update the program, or report it with the sample",
    "blocked": "do not run more often; ask the site's operator, or run from a Korean "
    "address (`scrape doctor` tells what refuses us)",
    "unreachable": "run `scrape doctor`: it tells name, route and certificate apart",
    "quota": "wait for midnight in Korea; lower how often it runs, or ask data.go.kr "
    "for more calls",
    "key": "renew the key at data.go.kr and set the variable that open_api.key_env "
    "names",
    "embargo": "look why runs do not publish: `scrape publish`, `scrape show ID`",
    "pull-request": "review and merge it, or close it to decline what it proposes",
    "token": "make a new token and set the variable that news.token_env names",
}


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something a person should look at."""

    #: Stable: ``layout:press_release``.
    cause: str
    #: What was seen, one line.
    evidence: str

    @property
    def code(self) -> str:
        """Return what kind of trouble it is."""
        return self.cause.partition(":")[0]

    @property
    def remedy(self) -> str:
        """Return what to do, one line."""
        return REMEDIES[self.code]


#: Opened; open for a day or more since it was told last; over.
What = Literal["opened", "lasts", "closed"]


@dataclass(frozen=True, slots=True)
class Notice:
    """What a channel is to tell."""

    what: What
    alarm: Alarm
    #: When the alarm was opened, and when it was closed; aware.
    since: datetime
    until: datetime | None = None
