"""Put a posted journal entry on its way: one delivery per connected accounting system, in the posting's transaction."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from hourledger.core.ledger import JournalEntry, OutgoingEntry, OutgoingLine
from hourledger.services.unit_of_work import UnitOfWork
from models.selecting import find_all
from models.tables import (
    AccountMappingRow,
    AccountRow,
    CompanyRow,
    ConnectionDirection,
    ConnectionRow,
    ConnectionStatus,
    DeliveryRow,
    DeliveryState,
    JournalEntryRow,
    PartyMappingRow,
)


async def queue_deliveries(unit: UnitOfWork, stored: JournalEntryRow, entry: JournalEntry) -> list[int]:
    """A delivery for each active target. What cannot be sent yet is parked with its reason. Returns their ids."""
    targets = await find_all(
        unit.session,
        ConnectionRow,
        unit.organisation_id,
        direction=ConnectionDirection.TARGET,
        status=[ConnectionStatus.ACTIVE, ConnectionStatus.NEEDS_ATTENTION],
    )
    ids = []
    for connection in targets:
        delivery = DeliveryRow(
            organisation_id=unit.organisation_id,
            connection_id=connection.id,
            journal_entry_id=stored.id,
            reference=entry.reference,
            accounting_date=entry.accounting_date,
            created_at=unit.now,
        )
        await map_delivery(unit, delivery, connection, entry)
        unit.session.add(delivery)
        await unit.session.flush()
        await enqueue_delivery(unit, delivery)
        unit.emit("DELIVERY_CHANGED", entity_id=delivery.id, state=delivery.state.value, reference=delivery.reference)
        ids.append(delivery.id)
    return ids


async def enqueue_delivery(unit: UnitOfWork, delivery: DeliveryRow) -> None:
    """Ask the worker to push it; one after the other per target, in order."""
    if delivery.state in (DeliveryState.PENDING, DeliveryState.UNCERTAIN):
        await unit.enqueue(
            "push_delivery",
            lock=f"target-{delivery.connection_id}",
            organisation_id=unit.organisation_id,
            delivery_id=delivery.id,
        )


async def map_delivery(unit: UnitOfWork, delivery: DeliveryRow, connection: ConnectionRow, entry: JournalEntry) -> None:
    """Fill in what is sent, with the target's own account codes and customer names; PARKED when some are unknown."""
    accounts = await find_all(unit.session, AccountMappingRow, unit.organisation_id, connection_id=connection.id)
    parties = await find_all(unit.session, PartyMappingRow, unit.organisation_id, connection_id=connection.id)
    account_codes = {row.account_id: row.external_code for row in accounts}
    party_names = {row.company_id: row.external_name for row in parties}
    missing = await _missing(unit, entry, account_codes, party_names)
    if missing:
        delivery.state = DeliveryState.PARKED
        delivery.error_code = "MAPPING_MISSING"
        delivery.error = f"{connection.name} has no name for {', '.join(missing)}. Map them, then retry."
        return
    outgoing = OutgoingEntry(
        reference=entry.reference,
        accounting_date=entry.accounting_date,
        text=entry.text,
        lines=tuple(
            OutgoingLine(
                account=account_codes[posting.account_id],
                amount=posting.amount,
                base_amount=posting.base_amount,
                party=party_names[posting.company_id] if posting.company_id is not None else None,
                text=posting.text,
            )
            for posting in entry.postings
        ),
    )
    delivery.payload = outgoing.as_json()
    delivery.payload_sha256 = _digest(delivery.payload)
    delivery.state = DeliveryState.PENDING
    delivery.error_code = delivery.error = None


async def _missing(
    unit: UnitOfWork, entry: JournalEntry, account_codes: dict[int, str], party_names: dict[int, str]
) -> list[str]:
    names = []
    for account_id in sorted({posting.account_id for posting in entry.postings} - account_codes.keys()):
        account = await unit.session.get_one(AccountRow, account_id)
        names.append(f"account {account.code}")
    companies = {posting.company_id for posting in entry.postings if posting.company_id is not None}
    for company_id in sorted(companies - party_names.keys()):
        company = await unit.session.get_one(CompanyRow, company_id)
        names.append(f"customer {company.name}")
    return names


def _digest(payload: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
