"""Where the specification leaves two readings: the one taken, each in one place, so that it can be changed there.

Smaller choices stand as "Choice:" in the docstring of the function that makes them.
"""

from __future__ import annotations

# §3.3 orders role billing rates "project override -> company rate -> system rate" and does not name the card; §3.7
# copies the card's rates into the project, "leaving overrides". Taken: by role and by user alike the card stands
# between the project's override and the company's rate. False leaves cards to the hierarchy of §3.4 alone.
ATTACHED_CARD_COUNTS_OUTSIDE_THE_HIERARCHY = True

# §3.2 planned, person assigned, says "system rate of assignee's primary role", and only the next cell "project override
# possible". Taken: the whole chain of §3.3, as for hours that are logged. False: the company's rate (§3.6), then the
# system's.
PLANNED_USER_HOURLY_SEES_PROJECT_ROLE_OVERRIDE = True

# §3.2 actual revenue, last fallback: "assigned role's rate", which with several rows could be any. Taken: that of the
# row that fits the logger (§3.4 REC c says it of "only role assigned", which is the name of this column, too), the same
# row that says whether the hour is billable. False: that of the primary assignment.
ACTUAL_USER_HOURLY_FALLBACK_FOLLOWS_THE_LOGGER = True

# §2.9, §3.10: a role chosen by hand decides for ROLE_HOURLY and for direct project hours. Taken: so it does on days on
# which it has no rate, and the search ends there. True goes on where the search would be without it.
CHOSEN_ROLE_WITHOUT_A_RATE_IS_PASSED_OVER = False

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

# §3.4 cost: "role assigned: assignment override -> role's rate" and "actual, owner not assigned: project user override
# -> profile -> primary role"; somebody who logs where a role alone is assigned is not assigned. For billing the latter
# is narrowed to "users are assigned, or nobody is", for cost it is not. Taken: who works costs what he costs, and the
# cost rates of a row of a role are for its plan. True gives the row's.
ACTUAL_HIERARCHY_COST_OF_ROLES_ALONE_IS_THE_ROWS = False

# §3.8 freezes "whatever the hierarchy yields"; §3.3 plans nothing for a person without a role on the assignment, even
# when hours this person logged froze a rate for the same task. Taken: still nothing. True: the frozen rate.
PLANNED_ROLE_HOURLY_WITHOUT_A_ROLE_SEES_PRESERVED_RATES = False

# §3.4, owner not assigned, says "locked card (owner's primary role)"; the assigned branch says "job role for billing
# or, without one, the primary role". Taken: the latter in both.
LOCKED_CARD_OF_AN_UNASSIGNED_OWNER_SEES_THE_JOB_ROLE_FOR_BILLING = True
