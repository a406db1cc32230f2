"""The relations between rate attributes, with all their pairs."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import text

from hourledger.core.rates import AttributeRelation, AttributeRelations
from models.database import Session
from models.tables import RelationFilter


async def load_relations(session: Session, organisation_id: int) -> AttributeRelations:
    """All of an organisation; one statement where there are none."""
    bound = {"organisation": organisation_id}
    rows = (
        await session.execute(
            text("""
                SELECT id, first_attribute_id, second_attribute_id, filter FROM attribute_relation
                WHERE organisation_id = :organisation ORDER BY id
            """),
            bound,
        )
    ).all()
    if not rows:
        return AttributeRelations()
    pairs: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for row in await session.execute(
        text(
            "SELECT relation_id, first_value_id, second_value_id FROM related_value "
            "WHERE organisation_id = :organisation"
        ),
        bound,
    ):
        pairs[row.relation_id].add((row.first_value_id, row.second_value_id))
    hierarchical = await session.execute(
        text("SELECT id FROM rate_attribute WHERE organisation_id = :organisation AND is_hierarchical"), bound
    )
    parents = await session.execute(
        text(
            "SELECT id, parent_id FROM attribute_value WHERE organisation_id = :organisation AND parent_id IS NOT NULL"
        ),
        bound,
    )
    return AttributeRelations(
        tuple(
            AttributeRelation(
                row.first_attribute_id,
                row.second_attribute_id,
                frozenset(pairs[row.id]),
                refuses=row.filter == RelationFilter.RELATIONSHIP,
            )
            for row in rows
        ),
        frozenset(row.id for row in hierarchical),
        {row.id: row.parent_id for row in parents},
    )
