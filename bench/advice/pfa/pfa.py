"""Asks dnikit's PFA for the widths of layers, and which units to keep.

Reads a JSON object from standard input: `responses`, by group a file of float32 values and their number of columns;
`energy`, the share of energy whose units are wanted, or null for widths only. Prints a JSON object: without `energy`
the widths for many shares and those of PFA-KL; with it the units to keep, by strategy of choosing them.
"""

import json
import sys

import numpy as np
from dnikit.base import Batch
from dnikit.introspectors import PFA

asked = json.load(sys.stdin)
fields = {
    group: np.fromfile(each["file"], dtype=np.float32).reshape(-1, each["columns"]).astype(np.float64)
    for group, each in asked["responses"].items()
}


def producer(batch_size):
    count = len(next(iter(fields.values())))
    for start in range(0, count, batch_size):
        yield Batch({group: rows[start : start + batch_size] for group, rows in fields.items()})


pfa = PFA.introspect(producer, batch_size=500)
covariances = pfa._internal_result


def widths_of(strategy):
    return {group: recipe.recommended_output_count for group, recipe in strategy(covariances).items()}


def units_of(strategy, choice):
    """Units that are kept, by group. Units that never respond are dropped first, however many are asked for."""
    kept = {}
    for group, width in widths_of(strategy).items():
        cov = covariances[group]
        active = cov.original_output_count - len(cov.inactive_units)
        dropped = choice(cov, num_units_to_keep=max(1, min(width, active)))
        kept[group] = sorted(set(range(cov.original_output_count)) - {int(unit) for unit in dropped})
    return kept


if asked["energy"] is None:
    shares = [1 - 0.5**step for step in np.arange(0.25, 14, 0.125)]
    energy = [{"share": share, "widths": widths_of(PFA.Strategy.Energy(share))} for share in shares]
    print(json.dumps({"energy": energy}))
else:
    strategies = {"PFA-En": PFA.Strategy.Energy(asked["energy"]), "PFA-KL": PFA.Strategy.KL()}
    choices = {type(each).__name__: each for each in PFA.UnitSelectionStrategy.get_algos()}
    print(
        json.dumps(
            {
                name: {choice: units_of(strategy, each) for choice, each in choices.items()}
                for name, strategy in strategies.items()
            }
        )
    )
