"""Rating in columns: the facts of many hours as arrays in, amounts and reasons as arrays out. NumPy and core only.

The rules are core's: the policy is read step by step as core reads it, and what is not plain arithmetic is computed by
core once for each distinct case. That both give the same cents and the same reasons is held by
tests/columns/test_agreement.py.
"""

from hourledger.columns.lookup import FOREVER, NONE, Dated, Int, ordinal
from hourledger.columns.rating import ColumnRater, RatedHours
from hourledger.columns.shares import cap_shares
from hourledger.columns.work import Hours, Work

__all__ = [
    "FOREVER",
    "NONE",
    "ColumnRater",
    "Dated",
    "Hours",
    "Int",
    "RatedHours",
    "Work",
    "cap_shares",
    "ordinal",
]
