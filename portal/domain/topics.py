"""What help can be about: one list of codes for directory, Wegweiser and knowledge cards.

What people read stands in `portal.web.words`; the form for newcomers asks more coarsely (`INTAKE_TOPIC`), so that
nobody tells more about themselves than a first call needs.
"""

WAYFINDER_TOPICS = (
    "orientation",
    "language",
    "work",
    "training",
    "recognition",
    "school",
    "housing",
    "money",
    "health",
    "mental_health",
    "residence_advice",
    "residence_admin",
    "asylum",
    "naturalisation",
    "parenting",
    "letters",
    "debt",
    "addiction",
    "pregnancy",
    "discrimination",
    "return",
)
"""The topics of the Wegweiser's rules (`domain.md` 5.2)."""

TOPICS = (
    *WAYFINDER_TOPICS,
    "childcare",
    "women",
    "violence",
    "disability",
    "old_age",
    "meeting",
    "volunteering",
    "interpreting",
    "clothing_food",
    "youth",
)

INTAKE_TOPIC = {
    "orientation": "arrival",
    "language": "german",
    "work": "work",
    "training": "work",
    "recognition": "recognition",
    "school": "school",
    "childcare": "school",
    "housing": "housing",
    "money": "money",
    "debt": "money",
    "letters": "letters",
    "residence_advice": "papers",
    "residence_admin": "papers",
    "asylum": "papers",
    "return": "papers",
    "naturalisation": "naturalisation",
    "health": "health",
    "mental_health": "health",
    "addiction": "health",
    "pregnancy": "family",
    "parenting": "family",
    "women": "family",
    "youth": "family",
}
"""Which topic of the newcomers' form a topic belongs to; one that is not here is "other"."""

LEGAL_CIRCLES = (
    "SGB II",
    "SGB III",
    "SGB VIII",
    "SGB XII",
    "AsylbLG",
    "AufenthG",
    "StAG",
    "school",
    "health",
)
