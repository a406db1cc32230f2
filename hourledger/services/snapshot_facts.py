"""All that a project's money is made of right now, as facts (project-finances §1.17)."""

from __future__ import annotations

from hourledger.core.snapshots import Fact
from hourledger.services.card_names import card_names
from hourledger.services.measures import project_measures
from hourledger.services.snapshot_money import money_facts
from hourledger.services.snapshot_plan import plan_facts
from hourledger.services.snapshot_rates import rate_facts
from hourledger.services.snapshot_words import SnapshotOf
from hourledger.services.unit_of_work import UnitOfWork
from models.queries.listing.projects import TASKS
from models.queries.rate_cards import roles_of_project
from models.queries.snapshots import people_and_roles
from models.selecting import find_all
from models.tables import PersonRow, ProjectRow


async def project_facts(unit: UnitOfWork, project: ProjectRow) -> list[Fact]:
    """In the order of ``FactKind``. Hours are in the figures of their tasks and in the lines that bill them.

    Raises:
        Missing EXCHANGE_RATE_MISSING: a planned day or a budget has no exchange rate.
    """
    session, owner = unit.session, unit.organisation_id
    person_ids, role_ids = await people_and_roles(session, owner, project.id)
    role_ids += await roles_of_project(session, owner, project.id, unit.today)
    people = await find_all(session, PersonRow, owner, id=person_ids)
    tasks = await TASKS.where_in(session, owner, "t.project_id", [project.id])
    of = SnapshotOf(
        project,
        tasks={one.id: one for one in tasks},
        people={one.id: one.name for one in people},
        names=await card_names(unit),
    )
    measures = (await project_measures(unit, [project.id]))[project.id]
    measures.require_plan()
    return [
        *await plan_facts(unit, of, measures),
        *await rate_facts(unit, of, set(role_ids)),
        *await money_facts(unit, of),
    ]
