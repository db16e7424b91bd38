"""Facts that people read and the program knows: written from it, committed, diffed."""

from portal.domain.intake.states import ENDED, OUTCOMES, TRANSITIONS, State
from portal.domain.permissions import GRANTS, NEVER_WITH_PERSON_DATA, PERSON_DATA, Permission, Role


def test_diagram_of_intake_states(fact):
    fact("docs/intake-states.md", states_page())


def states_page() -> str:
    """Draw TRANSITIONS, and list what each move may end with."""
    arrows = [f"    [*] --> {State.RECEIVED}"]
    for state, moves in TRANSITIONS.items():
        arrows += [f"    {state} --> {target}: {move}" for move, target in moves.items()]
    arrows += [f"    {state} --> [*]" for state in State if state in ENDED]
    outcomes = [
        f"| `{move}` | {', '.join(f'`{outcome}`' for outcome in sorted(found))} |"
        for move, found in OUTCOMES.items()
    ]
    return "\n".join(
        (
            "# States of a request",
            "",
            "Written by `make fix` from `portal/domain/intake/states.py`; the tests compare.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *arrows,
            "```",
            "",
            "| move | outcomes it may end with |",
            "|---|---|",
            *outcomes,
            "",
        )
    )


def test_matrix_of_permissions(fact):
    fact("docs/permissions.md", permissions_page())


def permissions_page() -> str:
    """Put every role beside every permission."""
    rows = []
    for role in Role:
        cells = ["yes" if permission in GRANTS[role] else "–" for permission in Permission]
        never = "never" if role in NEVER_WITH_PERSON_DATA else ""
        rows.append(f"| `{role}` | {' | '.join(cells)} | {never} |")
    heads = " | ".join(
        f"`{permission}`" + (" *" if permission in PERSON_DATA else "") for permission in Permission
    )
    return "\n".join(
        (
            "# Who may do what",
            "",
            "Written by `make fix` from `portal/domain/permissions.py`; the tests compare. A permission says what a",
            "role may do at all; for which town, post or body is a rule of the area. `*` marks permissions that show",
            "who asked; whoever has a role marked `never` loses them, whatever other roles they have.",
            "",
            f"| role | {heads} | person data |",
            "|---|" + "---|" * (len(Permission) + 1),
            *rows,
            "",
        )
    )
