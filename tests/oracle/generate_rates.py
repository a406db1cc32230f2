"""Random days, ranges, prices and attributes: few values, so that bounds, gaps and ties are met often."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from tests.oracle.world import GENERIC, Attributes, Currency, ExchangeRate, Rate, Rates

CURRENCIES = (Currency("JPY", 0), Currency("EUR", 2), Currency("USD", 2), Currency("KWD", 3))
PER_BASE = ("0.3325", "0.92", "1.0837", "3.25", "161.35", "0.006198")
FIRST = date(2024, 2, 26)  # a Monday; the leap day and the end of a month come on Thursday
DAYS = tuple(FIRST + timedelta(days=after) for after in range(14))
GROUPS = ("North", "South")
PLACES = (
    ("USA",),
    ("USA", "California"),
    ("USA", "California", "Los Angeles"),
    ("USA", "California", "San Diego"),
    ("USA", "Texas", "Austin"),
    ("Peru", "Lima"),
)
Range = tuple[date | None, date | None]


def ranges(rng: Random, count_max: int) -> list[Range]:
    """One to ``count_max`` ranges of inclusive days without overlap, adjacent or with gaps, some one day long."""
    count = rng.randint(1, count_max)
    found: list[Range] = []
    first = rng.choice(DAYS[:6])
    for number in range(count):
        last = first + timedelta(days=rng.choice((0, 1, 2, 3, 5, 7)))
        opens = number == 0 and rng.random() < 0.5
        closes = not (number == count - 1 and rng.random() < 0.5)
        found.append((None if opens else first, last if closes else None))
        first = last + timedelta(days=rng.choice((1, 1, 1, 2, 3)))
    return found


def price(rng: Random, currency: Currency) -> Decimal:
    """A price per hour: sometimes 0, sometimes whole, else with all decimals of its currency."""
    decimals = rng.choice((0, currency.decimals))
    amount = rng.choice((0, 1, 7, rng.randint(1, 200), rng.randint(1, 200), rng.randint(1, 200)))
    below = rng.randint(0, 10**decimals - 1) if amount else 0
    scale = 100 if currency.code == "JPY" else 1
    return Decimal(amount * 10**decimals * scale + below).scaleb(-decimals)


def rates(rng: Random, count_max: int, currency: Currency | None = None) -> Rates:
    """Dated rates without attributes, each in a currency of its own unless one is given."""
    found = []
    for first, last in ranges(rng, count_max):
        one = currency or rng.choice(CURRENCIES)
        found.append(Rate(price(rng, one), one.code, first, last))
    return tuple(found)


def role_rates(rng: Random, *, lockable: bool = False) -> Rates:
    """Up to six dated rates in one to three sets of attributes, in no order; on a card some are locked."""
    found = []
    for attributes in dict.fromkeys(wanted(rng) for _ in range(rng.choice((1, 2, 3)))):
        for rate in rates(rng, 2):
            is_locked = lockable and rng.random() < 0.5
            found.append(Rate(rate.per_hour, rate.currency, rate.first_day, rate.last_day, attributes, is_locked))
    rng.shuffle(found)
    return tuple(found)


def wanted(rng: Random) -> Attributes:
    """What a rate asks for: mostly nothing."""
    if rng.random() < 0.5:
        return GENERIC
    return Attributes(rng.choice((None, None, None, *GROUPS)), rng.choice(((), *PLACES[:3], *PLACES)))


def owned(rng: Random) -> Attributes:
    """What a person or a row of a role has: mostly a place, and a deep one."""
    return Attributes(rng.choice((None, *GROUPS)), rng.choice(((), *PLACES, *PLACES[2:])))


def exchange_rates(rng: Random, base: str) -> tuple[ExchangeRate, ...]:
    """Rates without gaps for every currency but the base; of some the project has its own, as gapless."""
    found = []
    for one in CURRENCIES:
        if one.code == base:
            continue
        found += _gapless(rng, one.code, of_project=False)
        if rng.random() < 0.25:
            found += _gapless(rng, one.code, of_project=True)
    return tuple(found)


def _gapless(rng: Random, currency: str, *, of_project: bool) -> list[ExchangeRate]:
    """One rate for all days, or one until a day and another from the next."""
    before, after = (Decimal(rng.choice(PER_BASE)) for _ in range(2))
    if rng.random() < 0.5:
        return [ExchangeRate(currency, before, of_project=of_project)]
    change = rng.choice(DAYS)
    return [
        ExchangeRate(currency, before, None, change, of_project),
        ExchangeRate(currency, after, change + timedelta(days=1), None, of_project),
    ]


def some(rng: Random, found: Rates, share: float = 0.6) -> Rates:
    """The rates, or none at all, so that the search goes on to the next level often enough."""
    return found if rng.random() < share else ()


def amount(rng: Random, currency: Currency) -> Decimal:
    """Some money in minor units: nothing, little, or more than an entry usually earns."""
    return Decimal(rng.choice((0, 1, rng.randint(1, 9999), rng.randint(1, 99999)))).scaleb(-currency.decimals)
