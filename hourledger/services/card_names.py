"""Between ids and names in the text of a rate card: roles by name, attributes by name, places by their path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hourledger.core.errors import Invalid, Missing
from hourledger.core.pricing.card_line import PATH_SEPARATOR
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all
from models.tables import AttributeSource, AttributeValueRow, RateAttributeRow, RoleRow


@dataclass(frozen=True, slots=True)
class CardNames:
    """Names to ids and back. A place is named with all it lies in: USA > California > Los Angeles."""

    roles: Mapping[str, int]
    role_names: Mapping[int, str]
    attributes: Mapping[str, RateAttributeRow]
    attribute_names: Mapping[int, str]
    values: Mapping[tuple[AttributeSource, str], int]
    value_names: Mapping[int, str]

    def role(self, name: str) -> int:
        """Raises Missing ROLE_UNKNOWN."""
        if name not in self.roles:
            raise Missing(f"There is no role {name!r}. Make it first.", code="ROLE_UNKNOWN", field="role")
        return self.roles[name]

    def ids(self, named: Mapping[str, str]) -> dict[int, int]:
        """Attribute id to value id. Raises Missing ATTRIBUTE_UNKNOWN, ATTRIBUTE_VALUE_UNKNOWN."""
        found = {}
        for name, value in named.items():
            attribute = self.attributes.get(name)
            if attribute is None:
                raise Missing(f"There is no rate attribute {name!r}.", code="ATTRIBUTE_UNKNOWN", field="attributes")
            value_id = self.values.get((attribute.source, value))
            if value_id is None:
                raise Missing(f"{name} has no value {value!r}.", code="ATTRIBUTE_VALUE_UNKNOWN", field="attributes")
            found[attribute.id] = value_id
        return found

    def named(self, ids: Mapping[int, int]) -> dict[str, str]:
        """What ``ids`` reads."""
        return {self.attribute_names[key]: self.value_names[value] for key, value in ids.items()}

    def in_words(self, ids: Mapping[int, int]) -> str | None:
        """What ``ids`` reads, as one text; None: they are none."""
        return ", ".join(f"{name}: {value}" for name, value in sorted(self.named(ids).items())) or None


async def card_names(unit: UnitOfWork) -> CardNames:
    """All of the organisation. Raises Invalid CARD_UNREADABLE when a value's places lie within each other in a ring."""
    roles = await find_all(unit.session, RoleRow, unit.organisation_id)
    attributes = await find_all(unit.session, RateAttributeRow, unit.organisation_id)
    rows = {row.id: row for row in await find_all(unit.session, AttributeValueRow, unit.organisation_id)}
    paths = {value_id: _path(rows, row) for value_id, row in rows.items()}
    return CardNames(
        roles={row.name: row.id for row in roles},
        role_names={row.id: row.name for row in roles},
        attributes={row.name: row for row in attributes},
        attribute_names={row.id: row.name for row in attributes},
        values={(rows[value_id].source, path): value_id for value_id, path in paths.items()},
        value_names=paths,
    )


def _path(rows: Mapping[int, AttributeValueRow], row: AttributeValueRow) -> str:
    names = [row.name]
    while row.parent_id is not None:
        row = rows[row.parent_id]
        names.append(row.name)
        if len(names) > len(rows):
            raise Invalid(f"{row.name} lies within itself.", code="CARD_UNREADABLE", field="attributes")
    return PATH_SEPARATOR.join(reversed(names))
