"""The second place: which link of each audit chain was the newest on which day."""

from pathlib import Path

from portal.domain.privacy import ledger
from portal.models.privacy import AuditHead

FILE = "audit-head.log"
NEWEST = "newest"
RESTORED = "restored"


def write(data_dir: Path, *, restored: bool = False) -> None:
    """Note the newest link of each chain; `restored`: newer ones belong to a state that a backup replaced."""
    kind = RESTORED if restored else NEWEST
    ledger.append(
        data_dir / FILE,
        *(
            {"kind": kind, "chain": head.chain, "seq": head.seq, "mac": head.mac}
            for head in AuditHead.select().order_by(AuditHead.chain)
        ),
    )


def of_chain(data_dir: Path, chain: str) -> dict[int, str]:
    """Return the links of a chain that were noted and still have to be there, by number."""
    known: dict[int, str] = {}
    for line in ledger.lines(data_dir / FILE):
        if line["chain"] != chain:
            continue
        if line["kind"] == RESTORED:
            known = {seq: mac for seq, mac in known.items() if seq <= line["seq"]}
        known[line["seq"]] = line["mac"]
    known.pop(0, None)  # an empty chain has no link yet
    return known
