"""Where the specification leaves two readings: the one taken, each in one place, so that it can be changed there.

Smaller choices stand as "Choice:" in the docstring of the function that makes them.
"""

from __future__ import annotations

# §3.2 planned, person assigned, says "system rate of assignee's primary role", and only the next cell "project override
# possible". Taken: no project override for the plan of an assigned person. The company still replaces the system's rate
# (§3.6); True gives the whole chain of §3.3.
PLANNED_USER_HOURLY_SEES_PROJECT_ROLE_OVERRIDE = False

# §3.10: "DOC: cost uses [the role chosen by hand] for ROLE_HOURLY tasks and direct project hours"; C-13 lets it replace
# the fallback role of USER_HOURLY without saying of which. Taken: of revenue only.
CHOSEN_ROLE_REPLACES_COST_FALLBACK_OF_USER_HOURLY = False

# §3.3 planned: "no role on the assignment -> 0", in a row that does not say cost or revenue. Taken: both. True rates
# the planned cost at the assignee's primary role, as the actual cost is.
PLANNED_ROLE_HOURLY_COST_FALLS_BACK_TO_PRIMARY_ROLE = False

# §3.3 actual revenue: "logger is an assignee: role of his assignment; otherwise primary role". Taken: an assignment
# without a role counts as "otherwise" (§3.10: the default role is that of the assignment, else the primary role).
ACTUAL_ROLE_HOURLY_REVENUE_OF_AN_ASSIGNEE_WITHOUT_ROLE_IS_PRIMARY_ROLE = True

# §3.3 actual cost with roles alone and several rows: "assigned role". Taken: the primary assignment's ("cost follows
# the assignment"). True takes the row that fits the logger, as the hierarchy does (§3.4 REC c).
ACTUAL_ROLE_HOURLY_COST_OF_ROLES_ALONE_FOLLOWS_THE_LOGGER = False

# §3.4, owner not assigned, says "locked card (owner's primary role)"; the assigned branch says "job role for billing
# or, without one, the primary role". Taken: the latter in both.
LOCKED_CARD_OF_AN_UNASSIGNED_OWNER_SEES_THE_JOB_ROLE_FOR_BILLING = True
