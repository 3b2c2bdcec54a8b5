"""Makes drift_*.json: what scipy, statsmodels, scikit-learn and River answer on small inputs.

    pip install numpy scipy scikit-learn statsmodels river
    python test/vectors/make_drift.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from river import drift
from scipy import special, stats
from sklearn import metrics
from statsmodels.stats.multitest import multipletests

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


def rounded(values, digits=4):
    return [round(float(v), digits) for v in values]


def two_samples(rng):
    """Pairs of samples: equal, shifted, tied, unequal in size, heavy-tailed."""
    return [
        (rounded(rng.normal(0, 1, 300)), rounded(rng.normal(0, 1, 250))),
        (rounded(rng.normal(0, 1, 200)), rounded(rng.normal(0.3, 1, 400))),
        (rounded(rng.poisson(2, 300)), rounded(rng.poisson(2.4, 100))),
        (rounded(rng.standard_t(2, 150)), rounded(rng.standard_t(2, 150) * 2)),
        ([1.0, 1.0, 2.0], [1.0, 3.0]),
    ]


def wasserstein(rng, a, b, permutations=4000):
    """Distance in standard deviations of a, and its mean when the rows are dealt out at random."""
    pooled = np.array(a + b)
    shuffled = (rng.permutation(pooled) for _ in range(permutations))
    by_chance = np.mean([stats.wasserstein_distance(s[: len(a)], s[len(a):]) for s in shuffled])
    return {"a": a, "b": b, "distance": stats.wasserstein_distance(a, b) / np.std(a), "byChance": by_chance / np.std(a)}


def mann_whitney(rng, n, m, shift):
    """AUC of scores of two samples without ties, and how likely one as high is by chance."""
    low, high = rng.normal(0, 1, n), rng.normal(shift, 1, m)
    found = stats.mannwhitneyu(high, low, alternative="greater", method="asymptotic", use_continuity=False)
    return {"referenceRows": n, "currentRows": m, "auc": found.statistic / (n * m), "pValue": found.pvalue}


def two_sample_tests(rng):
    samples = two_samples(rng)
    tables = [rng.multinomial(n, p).tolist() + rng.multinomial(m, q).tolist()
              for n, m, p, q in [(500, 300, [0.25] * 4, [0.25] * 4), (5000, 1000, [0.5, 0.3, 0.2], [0.45, 0.3, 0.25])]]
    halves = [(t[: len(t) // 2], t[len(t) // 2:]) for t in tables]
    p_values = [rounded(rng.random(12) ** 3, 6), [0.01, 0.04, 0.03], [0.2], [1, 1, 0], [0.02] * 5]
    return {
        "kolmogorovSmirnov": [
            {"a": a, "b": b, "statistic": (d := stats.ks_2samp(a, b).statistic),
             "pValue": special.kolmogorov(d * np.sqrt(len(a) * len(b) / (len(a) + len(b))))} for a, b in samples],
        "wasserstein": [wasserstein(rng, a, b) for a, b in [
            *samples[:3], (rounded(rng.integers(0, 12, 500)), rounded(rng.integers(2, 11, 300)))]],
        "chiSquared": [dict(zip(("statistic", "pValue", "df"), (float(v) for v in stats.chi2_contingency([a, b], correction=False)[:3])),
                            reference=a, current=b) for a, b in halves],
        "adjusted": [{"pValues": p, "bh": multipletests(p, method="fdr_bh")[1].tolist(),
                      "holm": multipletests(p, method="holm")[1].tolist()} for p in p_values],
        "mannWhitney": [mann_whitney(rng, *design) for design in [(150, 150, 0), (400, 120, 0.2), (1000, 1000, 0.3), (100, 900, -0.2)]],
    }


def streams(rng):
    """Name, River's options and values; bits where values are 0 or 1."""
    def bits(*parts):
        return np.concatenate([rng.random(n) < p for n, p in parts]).astype(int).tolist()
    return [
        ("errors rise and fall", {}, bits((3000, 0.2), (3000, 0.4), (3000, 0.1))),
        ("a step", {}, [0] * 1000 + [1] * 1000),
        ("nothing happens", {}, bits((10000, 0.2))),
        ("a slow rise", {}, bits(*[(500, 0.1 + 0.02 * k) for k in range(16)])),
        ("normal values, many changes, a loose level", {"delta": 0.3},
         rounded(np.concatenate([rng.normal(m, 1, 500) for m in rng.normal(0, 1, 12)]), 3)),
        ("every option changed", {"clock": 1, "delta": 0.05, "max_buckets": 3, "min_window_length": 8, "grace_period": 50},
         rounded(np.concatenate([rng.random(1500), rng.random(1500) + 0.2]), 3)),
        ("a few large values", {}, rounded(rng.pareto(1.5, 3000), 2)),
    ]


def adwin(rng):
    cases = []
    for name, options, values in streams(rng):
        detector = drift.ADWIN(**options)
        detections = []
        for index, value in enumerate(values):
            detector.update(value)
            if detector.drift_detected:
                detections.append(index)
        is_bits = all(v in (0, 1) for v in values)
        cases.append({"name": name, "options": options, "detections": detections,
                      **({"bits": "".join(map(str, values))} if is_bits else {"values": values})})
    return {"streams": cases}


def model_metrics(rng):
    cases = []
    for n, digits in ((400, 4), (400, 1), (2, 3)):
        labels = np.r_[0, 1, rng.integers(0, 2, n - 2)].tolist()
        scores = rounded(np.clip(0.3 * np.array(labels) + 0.7 * rng.random(n), 0, 1), digits)
        cases.append({"labels": labels, "scores": scores, "rocAuc": metrics.roc_auc_score(labels, scores),
                      "logLoss": metrics.log_loss(labels, scores, labels=[0, 1]), "brierScore": metrics.brier_score_loss(labels, scores),
                      "accuracy": metrics.accuracy_score(labels, [int(s >= 0.5) for s in scores])})
    extreme = {"labels": [0, 1, 0, 1], "scores": [0, 1, 1, 0]}
    extreme |= {"rocAuc": 0.5, "accuracy": 0.5, "brierScore": 0.5, "logLoss": metrics.log_loss(extreme["labels"], extreme["scores"])}
    labels = np.r_[0, 1, 2, rng.integers(0, 3, 97)].tolist()
    probabilities = rng.dirichlet([1, 1, 1], 100)
    targets, values = rounded(rng.normal(0, 3, 100)), rounded(rng.normal(0, 3, 100))
    return {
        "binary": [*cases, extreme],
        "multiclass": {"labels": labels, "probabilities": probabilities.flatten().tolist(),
                       "logLoss": metrics.log_loss(labels, probabilities, labels=[0, 1, 2]),
                       "accuracy": metrics.accuracy_score(labels, probabilities.argmax(axis=1))},
        "regression": {"labels": targets, "values": values, "meanSquaredError": metrics.mean_squared_error(targets, values),
                       "meanAbsoluteError": metrics.mean_absolute_error(targets, values)},
    }


write("math", ["numpy", "scipy"], special_functions())
write("two_sample", ["numpy", "scipy", "statsmodels"], two_sample_tests(np.random.default_rng(1)))
write("adwin", ["numpy", "river"], adwin(np.random.default_rng(2)))
write("metrics", ["numpy", "scikit-learn"], model_metrics(np.random.default_rng(3)))
