"""Makes lord.json: levels of LORD++ straight from the formula of Ramdas et al. 2017, in exact sums over all earlier discoveries.

The R package onlineFDR has the same formula, LORD(d, alpha, version = "++", w0 = alpha / 10), but scales gamma_j by 0.07720838, so that its
weights sum to .976: its levels are 2.4% lower.

    pip install mpmath numpy
    python test/vectors/make_lord.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from mpmath import mp, mpf, nsum, inf, log, exp, sqrt

HERE = Path(__file__).parent
mp.dps = 30


def unscaled(j):
    return log(max(j, 2)) / (j * exp(sqrt(log(j))))


def total():
    """The sum over all j: the first thousand terms one by one, the rest by Euler and Maclaurin; the integral in closed form.

    With u = sqrt(ln x) the integral of ln x / (x e^u) is 2 times that of u^3 e^-u.
    """
    first = 1000
    u = sqrt(log(mpf(first)))
    tail_integral = 2 * exp(-u) * (u**3 + 3 * u**2 + 6 * u + 6)
    f = lambda x: log(x) / (x * exp(sqrt(log(x))))
    slope = mp.diff(f, first)
    return sum(unscaled(mpf(j)) for j in range(1, first)) + tail_integral + f(mpf(first)) / 2 - slope / 12


SUM = total()


def gamma(j):
    return unscaled(mpf(j)) / SUM


def levels(pvalues, alpha):
    w0 = mpf(alpha) / 10
    found, used = [], []
    for t, p in enumerate(pvalues, start=1):
        level = gamma(t) * w0
        for index, tau in enumerate(found):
            level += (alpha - w0 if index == 0 else alpha) * gamma(t - tau)
        used.append(float(level))
        if p <= level:
            found.append(t)
    return used, found


def case(name, pvalues, alpha):
    used, found = levels(pvalues, mpf(alpha))
    return {"name": name, "alpha": alpha, "pValues": [float(p) for p in pvalues], "levels": used, "discoveries": found}


rng = np.random.default_rng(11)
mixture = np.where(rng.random(120) < 0.4, rng.beta(0.05, 5, 120), rng.random(120))
cases = [
    case("no discovery", np.full(12, 0.5), 0.05),
    case("every test a discovery", np.zeros(30), 0.05),
    case("a mixture", mixture, 0.05),
    case("a mixture at .2", mixture, 0.2),
    case("the example of onlineFDR's manual", [2.9e-17, 0.06743, 0.01514, 0.08174, 0.00171, 3.6e-05, 0.79149, 0.27201,
                                               0.28295, 7.59e-08, 0.69274, 0.30443, 0.00136, 0.72342, 0.54757], 0.05),
]
out = {"madeBy": {p: version(p) for p in ("numpy", "mpmath")}, "normalization": float(1 / SUM), "cases": cases}
(HERE / "lord.json").write_text(json.dumps(out, allow_nan=False, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
