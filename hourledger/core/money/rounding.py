"""Exact rounding on integers and fractions: the only places where a cent can be lost, so they are few and small."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction


def round_half_up(value: Fraction) -> int:
    """The nearest integer; a tie goes away from zero.

    Away from zero, not towards plus infinity, so that a reversal is exactly the negative of its original:
    round_half_up(Fraction(5, 2)) == 3 and round_half_up(Fraction(-5, 2)) == -3.
    """
    numerator, denominator = abs(value.numerator), value.denominator
    rounded = (2 * numerator + denominator) // (2 * denominator)
    return rounded if value >= 0 else -rounded


def allocate(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """``total`` split in proportion to ``weights`` so that the parts sum to it exactly (largest remainder).

    Left-over units go to the largest remainders, on a tie to the earlier part. Weights may not be negative and not
    all zero. allocate(100, [1, 1, 1]) == [34, 33, 33]; a negative total mirrors the positive one.
    """
    if any(weight < 0 for weight in weights) or not any(weights):
        raise ValueError("weights must be zero or more, and at least one above zero")
    if total < 0:
        return [-part for part in allocate(-total, weights)]
    whole = Fraction(sum(Fraction(weight) for weight in weights))
    shares = [total * Fraction(weight) / whole for weight in weights]
    parts = [share.numerator // share.denominator for share in shares]
    left_over = total - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda index: (-(shares[index] - parts[index]), index))
    for index in by_remainder[:left_over]:
        parts[index] += 1
    return parts


def scale(amounts: Iterable[int], factor: Fraction) -> list[int]:
    """Each amount x ``factor``, so that the parts sum to the rounded product of the sum, whatever their signs.

    What is rounded is the sum so far, so every part is at most one unit from its exact value, and neighbours together
    are, too. scale([1, 1, 1], Fraction(1, 2)) == [1, 0, 1]; round_half_up(3 x 1/2) == 2.
    """
    parts, exact, handed_out = [], 0, 0
    for amount in amounts:
        exact += amount
        so_far = round_half_up(exact * factor)
        parts.append(so_far - handed_out)
        handed_out = so_far
    return parts
