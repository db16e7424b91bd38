"""One benchmark: several rounds, in each of them every measurement once, then the check that nothing was lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from statistics import median, quantiles

from tests.bench import disk, first_visit, visitors
from tests.bench.load import Ask, Reply, run
from tests.bench.servers import environment, portal_command, running

WARM_UP = 0.5


class Lost(Exception):
    """What the portal acknowledged is not what lies on the disk."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How much of something was done in a second, and how long one took in milliseconds."""

    rate: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class Round:
    """The four measurements of one round."""

    bare: Figure
    page: Figure
    commit: Figure
    submit: Figure

    @property
    def page_ratio(self) -> float:
        """How many form pages the portal answers for one answer of a bare Flask view."""
        return self.page.rate / self.bare.rate

    @property
    def submit_ratio(self) -> float:
        """How many requests the portal takes for one bare commit."""
        return self.submit.rate / self.commit.rate


@dataclass(frozen=True, slots=True)
class Outcome:
    """All rounds, how many requests they left on the disk, how many were put off, and the bytes of a first visit."""

    rounds: Sequence[Round]
    acknowledged: int
    put_off: int
    first_visit: dict[str, int]

    def figure(self, name: str) -> Figure:
        """Return the medians of a measurement over all rounds."""
        figures: list[Figure] = [getattr(one, name) for one in self.rounds]
        return Figure(*(median(getattr(f, part) for f in figures) for part in Figure.__slots__))

    def ratio(self, name: str) -> float:
        """Return the median of a ratio over all rounds."""
        return float(median(getattr(one, name) for one in self.rounds))


class Bench:
    """The two servers, the folder they write to, and how many submissions were acknowledged or put off so far."""

    def __init__(self, folder: Path, *, portal: str, bare: str) -> None:
        self._folder, self._portal, self._bare = folder, portal, bare
        self.acknowledged = self.put_off = 0

    def round(self, seconds: float) -> Round:
        """Measure everything once, one thing after the other."""
        bare = run(self._bare, repeat(Ask("/")), seconds=seconds)
        visitors.expect(bare.replies, 200)
        pages = run(self._portal, visitors.form_pages(), seconds=seconds)
        visitors.expect(pages.replies, 200)
        commits = disk.commit(self._folder / "raw.db", seconds=seconds)
        # What was fetched is what is sent: no form is used twice, none has to be made up.
        filled_in = visitors.submissions(pages.replies)
        sent = run(self._portal, filled_in, seconds=seconds)
        arrived = visitors.arrived(sent.replies)
        self.acknowledged += len(arrived)
        self.put_off += len(sent.replies) - len(arrived)
        return Round(
            bare=_figure_of(bare.replies, bare.seconds),
            page=_figure_of(pages.replies, pages.seconds),
            commit=_figure(commits, sum(commits)),
            submit=_figure_of(arrived, sent.seconds),
        )


def measure(folder: Path, *, seconds: float, rounds: int) -> Outcome:
    """Run the whole benchmark in an empty folder; raise Lost if an acknowledged request is missing."""
    env = environment(folder)
    portal_command("init", "--county", "hoexter", "--demo", env=env)  # so that somebody is on duty
    before = disk.requests_on_disk(folder)
    with running("portal", env) as portal, running("bare", env) as bare:
        bench = Bench(folder, portal=portal, bare=bare)
        bench.round(min(WARM_UP, seconds))
        outcome = [bench.round(seconds) for _ in range(rounds)]
        weights = first_visit.weigh(portal)
    found = disk.requests_on_disk(folder) - before
    if found != bench.acknowledged:
        raise Lost(f"{bench.acknowledged} acknowledged, {found} on disk")
    portal_command("audit", "verify", env=env)
    return Outcome(outcome, bench.acknowledged, bench.put_off, weights)


def _figure_of(replies: Sequence[Reply], altogether: float) -> Figure:
    return _figure([reply.seconds for reply in replies], altogether)


def _figure(seconds: Sequence[float], altogether: float) -> Figure:
    parts = quantiles(seconds, n=20, method="inclusive")
    return Figure(rate=len(seconds) / altogether, p50=median(seconds) * 1000, p95=parts[18] * 1000)
