"""All tables, in an order in which each finds those it points to."""

from peewee import Model

from portal.models import accounts, county, intake, outbox, privacy, tick

TABLES: tuple[type[Model], ...] = (
    privacy.AuditEntry,
    privacy.AuditHead,
    privacy.DeletionProof,
    privacy.LegalText,
    privacy.ConsentProof,
    county.County,
    county.ClusterRegion,
    county.Organisation,
    county.Contact,
    county.StaffPosition,
    county.PositionState,
    county.Town,
    county.PackEntry,
    accounts.Account,
    accounts.RoleGrant,
    accounts.Holding,
    accounts.Absence,
    accounts.Invitation,
    accounts.RecoveryCode,
    intake.IntakeRequest,
    accounts.Session,
    accounts.Tries,
    intake.IntakeNameKey,
    intake.IntakeMessage,
    intake.IntakeStep,
    intake.IntakeFigure,
    outbox.OutboxMail,
    tick.TickStep,
)
