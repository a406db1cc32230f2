"""People, roles and customers."""

from __future__ import annotations

import strawberry

from resolvers.changes import (
    people,
)
from schema.inputs import people as people_inputs
from schema.inputs import projects as project_inputs
from schema.mutates import mutates
from schema.payloads import common as payloads
from schema.payloads import people as people_payloads


@strawberry.type
class PeopleMutations:
    create_company = mutates(
        people.create_company,
        project_inputs.CreateCompanyInput,
        payloads.CreateCompanyPayload,
        "Make a customer.",
    )
    create_person = mutates(
        people.create_person,
        project_inputs.CreatePersonInput,
        payloads.CreatePersonPayload,
        "Make a person who can work.",
    )
    create_role = mutates(
        people.create_role,
        project_inputs.CreateRoleInput,
        payloads.CreateRolePayload,
        "Make a job role.",
    )
    set_person_roles = mutates(
        people.set_person_roles,
        people_inputs.SetPersonRolesInput,
        people_payloads.PersonPayload,
        "Say which roles somebody has from a day on. Work that is rated already keeps its value.",
    )
    edit_person = mutates(
        people.edit_person,
        people_inputs.EditPersonInput,
        people_payloads.PersonPayload,
        "Change what is known about a person.",
    )
    edit_role = mutates(
        people.edit_role,
        people_inputs.EditRoleInput,
        people_payloads.EditRolePayload,
        "Change a job role, or take it out of use.",
    )
    delete_role = mutates(
        people.delete_role,
        people_inputs.DeleteRoleInput,
        people_payloads.DeleteRolePayload,
        "Delete a job role; one that is used goes out of use, and another takes its place on open tasks.",
    )
