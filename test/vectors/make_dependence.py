"""Makes dependence.json: the block lengths that arch chooses (Politis & White 2004; Patton, Politis & White 2009).

    pip install numpy arch
    python test/vectors/make_dependence.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from arch.bootstrap import optimal_block_length

HERE = Path(__file__).parent


def autoregression(rng, n, rho):
    values = np.zeros(n)
    noise = rng.normal(0, 1, n)
    for row in range(1, n):
        values[row] = rho * values[row - 1] + noise[row]
    return values


def sticky_bits(rng, n, stay):
    """A 0/1 chain that repeats its last value with probability `stay`."""
    bits = np.zeros(n, dtype=int)
    for row in range(1, n):
        bits[row] = bits[row - 1] if rng.random() < stay else 1 - bits[row - 1]
    return bits


def series(rng):
    day = np.arange(700)
    return [
        ("independent", rng.normal(0, 1, 600)),
        ("independent bits", (rng.random(1000) < 0.2).astype(int)),
        ("AR(1) of .3", autoregression(rng, 800, 0.3)),
        ("AR(1) of .5", autoregression(rng, 1000, 0.5)),
        ("AR(1) of .9", autoregression(rng, 1000, 0.9)),
        ("AR(1) of -.6", autoregression(rng, 500, -0.6)),
        ("a random walk", np.cumsum(rng.normal(0, 1, 400))),
        ("a season of 24 and noise", np.sin(2 * np.pi * day / 24) + rng.normal(0, 1, 700)),
        ("a season of 7, no noise", (day[:350] % 7).astype(float)),
        ("bits that stay", sticky_bits(rng, 1200, 0.8)),
        ("errors in bursts", (rng.random(1500) < 0.1 + 0.5 * sticky_bits(rng, 1500, 0.98)).astype(int)),
        ("heavy tails", rng.standard_t(2, 500)),
        ("far from zero", 1e6 + autoregression(rng, 500, 0.7)),
        ("alternating", np.arange(200) % 2),
        ("short", autoregression(rng, 50, 0.8)),
    ]


def case(name, values):
    values = [round(float(v), 4) for v in values]
    return {"name": name, "values": values, "circular": float(optimal_block_length(values)["circular"].iloc[0])}


vectors = {"madeBy": {p: version(p) for p in ("numpy", "arch")}, "series": [case(*s) for s in series(np.random.default_rng(4))]}
text = json.dumps(vectors, allow_nan=False, separators=(",", ":")).replace(".0,", ",").replace('{"name"', '\n{"name"')
(HERE / "dependence.json").write_text(text + "\n")
