"""Facts that people read and the program knows: written from it, committed, diffed."""

from portal.domain.directory import codes
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


def test_diagram_of_service_states(fact):
    fact("docs/service-states.md", service_states_page())


def service_states_page() -> str:
    """Draw the states of a service, and list who may make each move."""
    arrows = [f"    [*] --> {codes.State.SUBMITTED}", f"    [*] --> {codes.State.IN_EDITING}"]
    for state, moves in codes.TRANSITIONS.items():
        arrows += [f"    {state} --> {target}: {move}" for move, target in moves.items()]
    rules = [
        f"| `{move}` | {f'`{rule.permission}`' if rule.permission else 'nobody: by itself'} "
        f"| {'yes' if rule.needs_reason else '–'} |"
        for move, rule in codes.MOVE_RULES.items()
    ]
    return "\n".join(
        (
            "# States of a service",
            "",
            "Written by `make fix` from `portal/domain/directory/codes.py`; the tests compare. What others send in",
            "begins as `submitted`, what the coordination office adds itself as `in_editing`. Everybody sees what is",
            f"{' or '.join(f'`{state}`' for state in sorted(codes.PUBLIC_STATES))}.",
            "",
            "```mermaid",
            "stateDiagram-v2",
            *arrows,
            "```",
            "",
            "| move | permission | needs a reason |",
            "|---|---|---|",
            *rules,
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
