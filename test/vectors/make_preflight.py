"""Makes preflight.json: first passage of a Brownian motion with drift by scipy, inverses and ridge regressions by numpy.

pip install numpy scipy && python make_preflight.py
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import invgauss

rng = np.random.default_rng(20261124)


def first_passage():
    cases = []
    for mean in (0.001, 0.01, 0.1, 0.5):
        for variance in (0.01, 1.0):
            for barrier in (1.0, 5.77):
                for steps in (10, 400, 4000):
                    mu, shape = barrier / mean, barrier**2 / variance
                    chance = invgauss(mu / shape, scale=shape).cdf(steps)
                    cases.append(dict(mean=mean, variance=variance, barrier=barrier, steps=steps, chance=float(chance)))
    return cases


def inverses():
    cases = []
    for size in (1, 2, 5, 12):
        factor = rng.normal(size=(size + 3, size))
        matrix = factor.T @ factor
        cases.append(dict(size=size, matrix=matrix.ravel().tolist(), inverse=np.linalg.inv(matrix).ravel().tolist()))
    return cases


def ridge():
    """Ridge of one row on inputs and a constant, and the same without some of the inputs."""
    rows, width = 60, 5
    inputs = np.column_stack([rng.normal(size=(rows, width - 1)), np.ones(rows)])
    targets = inputs @ rng.normal(size=(width, 2)) + rng.normal(size=(rows, 2))

    def fit(columns):
        x = inputs[:, columns]
        return np.linalg.solve(x.T @ x + np.eye(len(columns)), x.T @ targets)

    dropped = [1, 2]
    kept = [column for column in range(width) if column not in dropped]
    left = np.zeros((width, 2))
    left[kept] = fit(kept)
    return dict(
        rows=rows,
        width=width,
        inputs=inputs.ravel().tolist(),
        targets=targets.ravel().tolist(),
        weights=fit(list(range(width))).ravel().tolist(),
        dropped=dropped,
        left=left.ravel().tolist(),
    )


out = dict(firstPassage=first_passage(), inverses=inverses(), ridge=ridge())
Path(__file__).with_name("preflight.json").write_text(json.dumps(out) + "\n")
