"""The outcome for people, for programs, and in docs/performance.md."""

import json
from dataclasses import asdict
from pathlib import Path

from portal import clock
from tests.bench.measure import Outcome

BEGIN = "<!-- figures: written by `python -m tests.bench --write` -->"
END = "<!-- end of the figures -->"
NAMES = {
    "bare": "bare Flask view",
    "page": "form page",
    "commit": "bare SQLite commit",
    "submit": "submitting the form",
}


def as_json(outcome: Outcome) -> str:
    """Return every round, the medians and the ratios."""
    return json.dumps(
        {
            "medians": {name: asdict(outcome.figure(name)) for name in NAMES},
            "ratios": {
                "page_to_bare": outcome.ratio("page_ratio"),
                "submit_to_commit": outcome.ratio("submit_ratio"),
            },
            "first_visit_bytes": outcome.first_visit,
            "acknowledged": outcome.acknowledged,
            "put_off": outcome.put_off,
            "rounds": [asdict(one) for one in outcome.rounds],
        },
        indent=2,
    )


def as_markdown(outcome: Outcome) -> str:
    """Return the medians as tables."""
    rows = [
        f"| {label} | {figure.rate:.0f} | {figure.p50:.1f} | {figure.p95:.1f} |"
        for name, label in NAMES.items()
        for figure in [outcome.figure(name)]
    ]
    weights = [f"{code}: {size / 1024:.1f} KiB" for code, size in outcome.first_visit.items()]
    return "\n".join(
        (
            f"Measured on {clock.today().isoformat()}, medians of {len(outcome.rounds)} rounds:",
            "",
            "| | per second | p50 ms | p95 ms |",
            "|---|--:|--:|--:|",
            *rows,
            "",
            "| ratio, of the same round | median | rounds |",
            "|---|--:|---|",
            _ratio(outcome, "page_ratio", "form page : bare Flask view"),
            _ratio(outcome, "submit_ratio", "submitting : bare SQLite commit"),
            "",
            f"First visit of the form, gzip: {', '.join(weights)}.",
            f"Acknowledged requests: {outcome.acknowledged}, all of them on disk, the audit log sound; "
            f"put off with 503: {outcome.put_off}.",
        )
    )


def _ratio(outcome: Outcome, name: str, label: str) -> str:
    rounds = ", ".join(_one_to(getattr(one, name)) for one in outcome.rounds)
    return f"| {label} | {_one_to(outcome.ratio(name))} | {rounds} |"


def _one_to(ratio: float) -> str:
    return f"1 : {1 / ratio:.1f}"


def write(outcome: Outcome, file: Path) -> None:
    """Put the figures between their marks."""
    text = file.read_text("utf-8")
    before, rest = text.split(BEGIN)
    _old, after = rest.split(END)
    figures = as_markdown(outcome)
    file.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{after}", "utf-8")
