"""The rates that a project can use, by where they come from, and side by side for each of its roles (§3.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hourledger.core.access import Permission
from hourledger.core.errors import Invalid, Missing
from hourledger.core.rates import Level
from hourledger.core.work import RateKind
from models.queries.listing.keyset import Cut
from models.queries.listing.rates import OF_KINDS, ON_PROJECT, RATES_AT, RateView
from models.queries.rate_cards import roles_of_project
from resolvers.context import RequestContext
from resolvers.ids import row_id
from resolvers.projects import project_by_id
from resolvers.rates import kinds_seen

_LINES_MAX = 5000


@dataclass(frozen=True, slots=True)
class RateGroupView:
    """All rates of one source."""

    level: Level
    lines: list[RateView]


@dataclass(frozen=True, slots=True)
class RoleRatesView:
    """The rates of one role: the project's own, those of its cards, of its customer, of the role itself."""

    role_id: int
    project: list[RateView]
    card: list[RateView]
    company: list[RateView]
    system: list[RateView]


@dataclass(frozen=True, slots=True)
class ProjectRatesView:
    groups: list[RateGroupView]
    roles: list[RoleRatesView]


async def project_rates(
    context: RequestContext, project_id: str, *, kind: RateKind | None, on: date | None
) -> ProjectRatesView:
    """Rates as the project has them: of cards and of the customer as they stood when they were attached.

    ``on``: only those in force on that day. Raises Missing PROJECT_UNKNOWN; Denied PERMISSION_DENIED; Invalid
    QUERY_TOO_LARGE.
    """
    context.principal.require(Permission.VIEW_PROJECTS)
    kinds = kinds_seen(context, kind)
    number = row_id(project_id, "Project", "projectId")
    if await project_by_id(context, number) is None:
        raise Missing("There is no such project.", code="PROJECT_UNKNOWN", field="projectId")
    async with context.reading() as unit:
        roles = await roles_of_project(unit.session, unit.organisation_id, number, on or unit.today)
        found = await RATES_AT.page(
            unit.session,
            unit.organisation_id,
            Cut(_LINES_MAX),
            (OF_KINDS, ON_PROJECT),
            {"kinds": kinds, "project": number, "day": on, "roles": roles},
        )
    if found.has_more:
        raise Invalid(
            f"The project has more than {_LINES_MAX} rates. Ask for one day or one kind.",
            code="QUERY_TOO_LARGE",
            field="on",
        )
    by_level = {level: [line for line in found.rows if line.level is level] for level in Level}
    groups = [RateGroupView(level, lines) for level, lines in by_level.items() if lines]

    def of(level: Level, role_id: int) -> list[RateView]:
        return [line for line in by_level[level] if line.role_id == role_id]

    side_by_side = [
        RoleRatesView(
            role_id,
            of(Level.PROJECT_ROLE, role_id),
            of(Level.RATE_CARD, role_id),
            of(Level.COMPANY_ROLE, role_id),
            of(Level.ROLE, role_id),
        )
        for role_id in roles
    ]
    return ProjectRatesView(groups, side_by_side)
