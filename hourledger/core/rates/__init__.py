"""Which rate applies, why, and what it makes of an hour. The order of levels is data: policies/*.toml."""

from hourledger.core.rates.attributes import Attributes, AttributeValues, RateAttribute, attribute_score
from hourledger.core.rates.cap import cap_revenue
from hourledger.core.rates.frozen import frozen_rate
from hourledger.core.rates.levels import GENERAL_HOURS, ISSUE_HOURS, PROJECT_HOURS, Level, Subject
from hourledger.core.rates.policy import Policy, Step
from hourledger.core.rates.policy_file import load_policy
from hourledger.core.rates.rating import Rated, RatingInput, Valued, price_hours, rate_hours, search_rate
from hourledger.core.rates.reason import Found, Kept, Reason, exchange_rows, reason_of
from hourledger.core.rates.relations import AttributeRelation, AttributeRelations
from hourledger.core.rates.resolution import Resolution, StepTaken, resolve
from hourledger.core.rates.shipped import SHIPPED, shipped_policy, shipped_policy_text
from hourledger.core.rates.table import NO_CURRENCY, RateBasis, RateKey, RateLine, RateTable
from hourledger.core.rates.timeline import day_in, stretches, timeline

__all__ = [
    "GENERAL_HOURS",
    "ISSUE_HOURS",
    "NO_CURRENCY",
    "PROJECT_HOURS",
    "SHIPPED",
    "AttributeRelation",
    "AttributeRelations",
    "AttributeValues",
    "Attributes",
    "Found",
    "Kept",
    "Level",
    "Policy",
    "RateAttribute",
    "RateBasis",
    "RateKey",
    "RateLine",
    "RateTable",
    "Rated",
    "RatingInput",
    "Reason",
    "Resolution",
    "Step",
    "StepTaken",
    "Subject",
    "Valued",
    "attribute_score",
    "cap_revenue",
    "day_in",
    "exchange_rows",
    "frozen_rate",
    "load_policy",
    "price_hours",
    "rate_hours",
    "reason_of",
    "resolve",
    "search_rate",
    "shipped_policy",
    "shipped_policy_text",
    "stretches",
    "timeline",
]
