"""Which rate applies, why, and what it makes of an hour. The order of levels is data: policies/*.toml."""

from hourledger.core.rates.cap import cap_revenue
from hourledger.core.rates.policy import PROJECT_HOURS, Level, Policy, Step, Subject, load_policy, shipped_policy
from hourledger.core.rates.rating import Rated, RatingInput, Valued, rate_hours
from hourledger.core.rates.resolution import RateBasis, RateKey, RateLine, RateTable, Resolution, StepTaken, resolve

__all__ = [
    "PROJECT_HOURS",
    "Level",
    "Policy",
    "RateBasis",
    "RateKey",
    "RateLine",
    "RateTable",
    "Rated",
    "RatingInput",
    "Resolution",
    "Step",
    "StepTaken",
    "Subject",
    "Valued",
    "cap_revenue",
    "load_policy",
    "rate_hours",
    "resolve",
    "shipped_policy",
]
