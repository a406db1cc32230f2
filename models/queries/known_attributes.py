"""What rating needs to know about rate attributes and the values of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import text

from hourledger.core.periods import Period
from hourledger.core.rates import Attributes, RateAttribute
from models.database import Session
from models.tables import AttributeSource


async def load_attributes(session: Session, organisation_id: int, person_ids: Iterable[int]) -> Attributes:
    """The organisation's rate attributes with the values of these people; one statement where there are none."""
    found = await session.execute(
        text("SELECT id, position, source, is_hierarchical FROM rate_attribute WHERE organisation_id = :organisation"),
        {"organisation": organisation_id},
    )
    defined = tuple(
        RateAttribute(row.id, row.position, row.source == AttributeSource.HOUR_TYPE, row.is_hierarchical)
        for row in found
    )
    if not defined:
        return Attributes()
    values = (
        await session.execute(
            text("SELECT id, parent_id, hour_type_id FROM attribute_value WHERE organisation_id = :organisation"),
            {"organisation": organisation_id},
        )
    ).all()
    of_person: dict[tuple[int, int], list[tuple[Period, int]]] = defaultdict(list)
    for row in await session.execute(
        text(
            "SELECT person_id, rate_attribute_id, attribute_value_id, valid_from, valid_until FROM person_attribute "
            "WHERE organisation_id = :organisation AND person_id = ANY(:persons) ORDER BY valid_from NULLS FIRST"
        ),
        {"organisation": organisation_id, "persons": sorted(person_ids)},
    ):
        period = Period(row.valid_from, row.valid_until)
        of_person[row.person_id, row.rate_attribute_id].append((period, row.attribute_value_id))
    return Attributes(
        defined,
        parents={row.id: row.parent_id for row in values if row.parent_id is not None},
        of_hour_type={row.hour_type_id: row.id for row in values if row.hour_type_id is not None},
        of_person={whose: tuple(dated) for whose, dated in of_person.items()},
    )
