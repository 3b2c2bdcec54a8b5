"""Makes isotonic.json: the curves and values of scikit-learn's IsotonicRegression.

    pip install numpy scikit-learn
    python test/vectors/make_isotonic.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.isotonic import IsotonicRegression

HERE = Path(__file__).parent


def rounded(values, digits=4):
    return [round(float(v), digits) for v in values]


def samples(rng):
    """Name, x, y and weights: probabilities against outcomes, ties, noise, weights of zero, what is already in order."""
    p = rng.random(300)
    tied = rng.integers(0, 8, 200) / 8
    x = rng.normal(0, 1, 100)
    return [
        ("probabilities that say too much", p, rng.random(300) < 0.5 + 0.3 * (p - 0.5), None),
        ("probabilities with ties", tied, rng.random(200) < tied**2, None),
        ("values and noise", x, x + rng.normal(0, 1, 100), None),
        ("weights, some zero", x, np.round(x + rng.normal(0, 1, 100), 1), rng.integers(0, 4, 100)),
        ("always falling", np.arange(20), -np.arange(20), None),
        ("already in order", np.arange(20), np.arange(20) ** 2, None),
        ("one class", p[:50], np.ones(50), None),
        ("all x tied", np.ones(30), rng.integers(0, 2, 30), None),
        ("one row", np.ones(1), np.ones(1), None),
    ]


def case(name, x, y, weights):
    x, y = rounded(x), rounded(y)
    curve = IsotonicRegression(out_of_bounds="clip").fit(x, y, None if weights is None else weights)
    ask = rounded(np.concatenate([np.linspace(min(x) - 1, max(x) + 1, 41), x[:5]]))
    return {"name": name, "x": x, "y": y, "weights": None if weights is None else rounded(weights),
            "corners": curve.X_thresholds_.tolist(), "ask": ask, "answers": curve.predict(ask).tolist()}


vectors = {"madeBy": {p: version(p) for p in ("numpy", "scikit-learn")}, "curves": [case(*s) for s in samples(np.random.default_rng(5))]}
text = json.dumps(vectors, allow_nan=False, separators=(",", ":")).replace(".0,", ",").replace('{"name"', '\n{"name"')
(HERE / "isotonic.json").write_text(text + "\n")
