"""What uses a rate attribute or one of its values."""

from __future__ import annotations

from sqlalchemy import text

from models.database import Session


async def uses_of_attribute(session: Session, organisation_id: int, attribute_id: int) -> dict[str, int]:
    """Table name to how many rows have the attribute; scopes count although all their lines are retired."""
    rows = await session.execute(
        text("""
            SELECT (SELECT count(*) FROM rate_scope s
                    WHERE s.organisation_id = :organisation AND jsonb_exists(s.attributes, :key)) AS rate_scope,
                   (SELECT count(*) FROM rate_card_alias x
                    WHERE x.organisation_id = :organisation AND jsonb_exists(x.attributes, :key)) AS rate_card_alias,
                   (SELECT count(*) FROM assignment a
                    WHERE a.organisation_id = :organisation AND jsonb_exists(a.attributes, :key)) AS assignment,
                   (SELECT count(*) FROM person_attribute p
                    WHERE p.organisation_id = :organisation AND p.rate_attribute_id = :id) AS person_attribute,
                   (SELECT count(*) FROM attribute_relation r
                    WHERE r.organisation_id = :organisation AND :id IN (r.first_attribute_id, r.second_attribute_id))
                       AS relation
        """),
        {"organisation": organisation_id, "id": attribute_id, "key": str(attribute_id)},
    )
    return dict(rows.mappings().one())


async def uses_of_value(session: Session, organisation_id: int, value_id: int) -> dict[str, int]:
    """In words, to how many have the value."""
    rows = await session.execute(
        text("""
            SELECT (SELECT count(*) FROM rate_scope s, jsonb_each(s.attributes) one
                    WHERE s.organisation_id = :organisation AND one.value = to_jsonb(cast(:id AS bigint))) AS rates,
                   (SELECT count(*) FROM rate_card_alias x, jsonb_each(x.attributes) one
                    WHERE x.organisation_id = :organisation AND one.value = to_jsonb(cast(:id AS bigint))) AS aliases,
                   (SELECT count(*) FROM assignment a, jsonb_each(a.attributes) one
                    WHERE a.organisation_id = :organisation AND one.value = to_jsonb(cast(:id AS bigint)))
                       AS assignments,
                   (SELECT count(*) FROM person_attribute p
                    WHERE p.organisation_id = :organisation AND p.attribute_value_id = :id) AS people,
                   (SELECT count(*) FROM related_value r
                    WHERE r.organisation_id = :organisation AND :id IN (r.first_value_id, r.second_value_id)) AS pairs,
                   (SELECT count(*) FROM rate_card c
                    WHERE c.organisation_id = :organisation AND c.group_value_id = :id) AS "rate cards",
                   (SELECT count(*) FROM attribute_value v
                    WHERE v.organisation_id = :organisation AND v.parent_id = :id) AS "places within it"
        """),
        {"organisation": organisation_id, "id": value_id},
    )
    return dict(rows.mappings().one())
