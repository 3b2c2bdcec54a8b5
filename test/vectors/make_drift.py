"""Makes drift_*.json: what scipy, statsmodels, scikit-learn and River answer on small inputs.

    pip install numpy scipy scikit-learn statsmodels river
    python test/vectors/make_drift.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import special, stats

HERE = Path(__file__).parent


def write(name, packages, vectors):
    made_by = {package: version(package) for package in packages}
    text = json.dumps({"madeBy": made_by, **vectors}, allow_nan=False, separators=(",", ":"))
    (HERE / f"drift_{name}.json").write_text(text.replace(',"', ',\n"') + "\n")


def special_functions():
    chi2 = [(x, df) for df in (1, 2, 5, 30, 63, 1000, 50000) for x in (0.01, 0.5 * df, df, 1.3 * df, 2 * df, 6 * df + 30)]
    noncentral = [(x, df, nc) for df in (1, 5, 63) for nc in (0.5, 7.8, 40, 300) for x in (0.5 * df, df + nc, 2 * (df + nc))]
    binomial = [(k, n, p) for n in (1, 10, 200, 100000) for p in (0.03, 0.5, 0.9) for k in sorted({0, 1, n // 3, n // 2, n})]
    two_sided = [(k, n) for n in (1, 7, 20, 101, 5000) for k in sorted({0, n // 3, n // 2, (n * 53) // 100, n})]
    normal = [-37, -8.3, -5, -1.96, -1e-3, 0, 0.3, 1, 2.5758, 6]
    quantile = [1e-300, 1e-20, 1e-6, 0.025, 0.074, 0.3, 0.5, 0.8, 0.926, 0.999, 1 - 1e-12]
    kolmogorov = [0.05, 0.2, 0.5, 0.82, 0.9999, 1, 1.36, 2, 5]
    gamma = [1e-3, 0.5, 1, 3.7, 40, 1e6]
    return {
        "logGamma": [[x, special.gammaln(x)] for x in gamma],
        "chiSquaredSurvival": [[*a, stats.chi2.sf(*a)] for a in chi2],
        "noncentralChiSquaredSurvival": [[*a, stats.ncx2.sf(*a)] for a in noncentral],
        "normalCdf": [[z, special.ndtr(z)] for z in normal],
        "normalQuantile": [[p, special.ndtri(p)] for p in quantile],
        "kolmogorovSurvival": [[x, special.kolmogorov(x)] for x in kolmogorov],
        "binomialSurvival": [[k, n, p, stats.binom.sf(k - 1, n, p)] for k, n, p in binomial],
        "binomialCdf": [[k, n, p, stats.binom.cdf(k, n, p)] for k, n, p in binomial],
        "binomialTwoSided": [[k, n, stats.binomtest(k, n).pvalue] for k, n in two_sided],
    }


write("math", ["numpy", "scipy"], special_functions())
