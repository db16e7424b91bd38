"""County packs: the data that makes the portal the portal of one county."""

from portal.domain.county_pack.loading import load_pack
from portal.domain.county_pack.model import (
    Cluster,
    CountyPack,
    DemoPerson,
    DemoRequest,
    FirstContact,
    Function,
    HolidayRegion,
    Imprint,
    Organisation,
    Position,
    PositionState,
    Retention,
    Text,
    Town,
)
from portal.domain.county_pack.model_directory import (
    Demarcation,
    Directory,
    KnowledgeCard,
    Place,
    Programme,
    SearchWords,
    Service,
)
from portal.domain.county_pack.problems import PackError, Problem

__all__ = [
    "Cluster",
    "CountyPack",
    "Demarcation",
    "DemoPerson",
    "DemoRequest",
    "Directory",
    "FirstContact",
    "Function",
    "HolidayRegion",
    "Imprint",
    "KnowledgeCard",
    "Organisation",
    "PackError",
    "Place",
    "Position",
    "PositionState",
    "Problem",
    "Programme",
    "Retention",
    "SearchWords",
    "Service",
    "Text",
    "Town",
    "load_pack",
]
