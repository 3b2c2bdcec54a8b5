"""Makes quality.json: two-sample tests of scipy and statsmodels, quantiles of numpy.

    pip install numpy scipy statsmodels
    python test/vectors/make_quality.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.stats import ttest_ind
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize, proportions_ztest

HERE = Path(__file__).parent
ALTERNATIVES = {"greater": "larger", "less": "smaller", "two-sided": "two-sided"}


def proportions():
    for current, reference in [((30, 200), (50, 1000)), ((0, 300), (40, 8000)), ((500, 1000), (4800, 10000)), ((7, 200), (9, 200))]:
        for ours, theirs in ALTERNATIVES.items():
            z, p = proportions_ztest([current[0], reference[0]], [current[1], reference[1]], alternative=theirs)
            yield {"current": current, "reference": reference, "alternative": ours, "statistic": z, "pValue": p}


def means(rng):
    for n, m, shift, sd in [(200, 1000, 0, 1), (200, 1000, 0.3, 3), (50, 40, -0.2, 0.5), (2000, 3000, 0.01, 1)]:
        a, b = rng.normal(shift, sd, n), rng.normal(0, 1, m)
        t, p = ttest_ind(a, b, equal_var=False)
        of = lambda x: {"mean": x.mean(), "variance": x.var(ddof=1), "rows": len(x)}
        yield {"current": of(a), "reference": of(b), "statistic": t, "pValue": p}


def power():
    """Power at the rows that we say are needed is 80%; here the power of given rows."""
    for reference, reference_rows, target, level in [(0.02, 8000, 0.07, 0.01), (0.3, 1000, 0.4, 0.05), (0.001, 20000, 0.05, 0.01)]:
        h = proportion_effectsize(target, reference)
        rows = [50, 100, 200, 400, 800, 1600]
        of = lambda n: NormalIndPower().power(h, n, level, ratio=reference_rows / n, alternative="larger")
        yield {"reference": reference, "referenceRows": reference_rows, "target": target, "level": level, "effectSize": h,
               "powers": [[n, of(n)] for n in rows]}


def quantiles(rng):
    for values in ([3.0], [1.0, 2.0], rng.normal(0, 1, 9).round(3).tolist(), rng.integers(0, 4, 30).astype(float).tolist()):
        shares = [0, 0.001, 0.1, 0.25, 0.5, 0.9, 1]
        yield {"values": values, "quantiles": [[s, float(np.quantile(values, s))] for s in shares]}


rng = np.random.default_rng(3)
vectors = {
    "madeBy": {name: version(name) for name in ("numpy", "scipy", "statsmodels")},
    "proportions": list(proportions()),
    "means": list(means(rng)),
    "power": list(power()),
    "quantiles": list(quantiles(rng)),
}
(HERE / "quality.json").write_text(json.dumps(vectors, allow_nan=False, indent=1) + "\n")
