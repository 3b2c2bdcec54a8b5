"""Makes gate.json: reference values for the gate's and probation's statistics.

Needs numpy, scipy, scikit-learn, statsmodels. Run: python make_gate.py (writes gate.json beside itself).
"""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import scipy
import sklearn
import statsmodels
from scipy.stats import binomtest, bootstrap, norm
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar

rng = np.random.default_rng(20261101)
SHARES = [0.52, 0.54, 0.57, 0.6, 0.65, 0.7, 0.8, 0.9]


def rounded(values, digits=6):
    return [round(float(v), digits) for v in values]


def mcnemar_cases():
    cases = []
    for b, c in [(0, 0), (3, 0), (15, 5), (5, 15), (12, 12), (24, 0), (13, 12), (40, 20), (20, 40), (310, 260), (1500, 1400)]:
        exact = b + c < 25
        table = [[0, b], [c, 0]]
        result = mcnemar(table, exact=exact, correction=True)
        cases.append({
            'onlyChallengerRight': b,
            'onlyChampionRight': c,
            'exact': exact,
            'twoSided': float(result.pvalue),
            'binomGreater': float(binomtest(b, b + c, 0.5, alternative='greater').pvalue) if b + c else 1.0,
        })
    return cases


def bootstrap_cases():
    samples = {
        'zero-one': rng.choice([-1.0, 0.0, 1.0], size=800, p=[0.04, 0.9, 0.06]),
        'skewed': rounded(rng.exponential(1.0, 400) - 0.9),
        'few': rounded(rng.normal(0.2, 1.0, 300)),
    }
    cases = []
    for name, values in samples.items():
        values = np.asarray(values, dtype=float)
        bounds = {}
        for level in (0.9, 0.95):
            ci = bootstrap((values,), np.mean, confidence_level=level, n_resamples=20000, method='percentile',
                           random_state=np.random.default_rng(7)).confidence_interval
            bounds[str(level)] = [float(ci.low), float(ci.high)]
        cases.append({'name': name, 'values': values.tolist(), 'standardError': float(values.std(ddof=1) / len(values) ** 0.5),
                      'bounds': bounds})
    return cases


def block_bootstrap_case():
    sizes = rng.integers(2, 9, size=120)
    values = np.concatenate([rng.normal(0.3, 1.0) + rng.normal(0, 0.5, size) for size in sizes]).round(6)
    blocks = np.repeat(np.arange(len(sizes)), sizes)
    groups = [values[blocks == block] for block in range(len(sizes))]
    means = []
    for _ in range(20000):
        drawn = np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))])
        means.append(drawn.mean())
    return {'values': values.tolist(), 'blocks': blocks.tolist(),
            'bounds': {level: np.quantile(means, [(1 - float(level)) / 2, (1 + float(level)) / 2]).tolist()
                       for level in ('0.9', '0.95')}}


def delong_slow(labels, a, b):
    """The definition with all pairs: psi = 1, 1/2 or 0."""
    def psi(scores):
        x, y = scores[labels == 1][:, None], scores[labels == 0][None, :]
        return (x > y) + 0.5 * (x == y)
    pa, pb = psi(a), psi(b)
    v10, v01 = np.stack([pa.mean(1), pb.mean(1)]), np.stack([pa.mean(0), pb.mean(0)])
    covariance = np.cov(v10) / v10.shape[1] + np.cov(v01) / v01.shape[1]
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    difference = pb.mean() - pa.mean()
    return difference, variance ** 0.5, 2 * norm.sf(abs(difference) / variance ** 0.5)


def auc_cases():
    cases = []
    for name, n, digits in [('continuous', 240, 6), ('many-ties', 300, 1), ('rare', 400, 3)]:
        share = 0.05 if name == 'rare' else 0.4
        labels = (rng.random(n) < share).astype(int)
        shared = rng.normal(labels * 0.8, 1.0)
        a = np.round(1 / (1 + np.exp(-(shared + rng.normal(0, 0.6, n)))), digits)
        b = np.round(1 / (1 + np.exp(-(shared + rng.normal(0, 0.3, n)))), digits)
        difference, error, p = delong_slow(labels, a, b)
        cases.append({'name': name, 'labels': labels.tolist(), 'a': a.tolist(), 'b': b.tolist(),
                      'aucA': roc_auc_score(labels, a), 'aucB': roc_auc_score(labels, b),
                      'difference': difference, 'standardError': error, 'pValue': p})
    return cases


def loss_cases():
    labels = rng.integers(0, 2, 60)
    p = np.round(np.clip(labels * 0.4 + rng.random(60) * 0.6, 0.01, 0.99), 4)
    labels3 = rng.integers(0, 3, 60)
    raw = rng.random((60, 3)) + np.eye(3)[labels3] * 0.5
    p3 = raw / raw.sum(1, keepdims=True)
    return {
        'binary': {'labels': labels.tolist(), 'predictions': p.tolist(), 'logLoss': log_loss(labels, p),
                   'accuracy': accuracy_score(labels, p >= 0.5)},
        'multiclass': {'labels': labels3.tolist(), 'predictions': p3.ravel().tolist(), 'logLoss': log_loss(labels3, p3),
                       'accuracy': accuracy_score(labels3, p3.argmax(1))},
    }


def mcnemar_e_value(a, b):
    """Exact, in rational numbers."""
    shares = [Fraction(str(p)) for p in SHARES]
    return float(sum((2 * p) ** a * (2 * (1 - p)) ** b for p in shares) / len(shares))


def probation_case():
    """A model that starts better and decays; every statistic by its plain definition, without logarithms."""
    new, old = [], []
    for i in range(600):
        u = rng.random()
        harm = 0.04 if i < 300 else 0.12
        new.append(int(u < harm))
        old.append(int(harm <= u < harm + 0.05))
    detectors = [0.0] * len(SHARES)
    e_values, detector = [], []
    for n, o in zip(new, old):
        if n != o:
            detectors = [(m + 1) * (2 * p if n else 2 * (1 - p)) for m, p in zip(detectors, SHARES)]
        seen = len(detector) + 1
        a = sum(1 for x, y in zip(new[:seen], old[:seen]) if x > y)
        b = sum(1 for x, y in zip(new[:seen], old[:seen]) if x < y)
        e_values.append(mcnemar_e_value(a, b))
        detector.append(float(np.mean(detectors)))
    return {'newLosses': new, 'oldLosses': old, 'eValues': e_values, 'shiryaevRoberts': detector}


def betting_case():
    """Bets by the definition: past mean with one pseudo-row at 0, past variance with one pseudo-row of 1/4."""
    differences = np.round(np.clip(rng.normal(0.05, 0.3, 300), -1, 1), 6)
    wealth, path = 1.0, []
    for t in range(len(differences)):
        past = differences[:t]
        mean = past.sum() / (t + 1)
        variance = (0.25 + ((past - past.mean()) ** 2).sum() if t else 0.25) / (t + 1)
        bet = min(max(mean / (variance + mean ** 2), 0), 0.5)
        wealth *= 1 + bet * differences[t]
        path.append(wealth)
    return {'differences': differences.tolist(), 'wealth': path}


def rows_needed_cases():
    cases = []
    for share, difference, alpha, power in [(0.1, 0.01, 0.05, 0.8), (0.2, 0.005, 0.05, 0.9), (0.05, 0.02, 0.01, 0.8)]:
        distance = norm.ppf(1 - alpha) + norm.ppf(power)
        cases.append({'discordantShare': share, 'difference': difference, 'alpha': alpha, 'power': power,
                      'rows': int(np.ceil(share * distance ** 2 / difference ** 2))})
    return cases


vectors = {
    'madeWith': {'numpy': np.__version__, 'scipy': scipy.__version__, 'scikit-learn': sklearn.__version__,
                 'statsmodels': statsmodels.__version__},
    'mcnemar': mcnemar_cases(),
    'bootstrap': bootstrap_cases(),
    'blockBootstrap': block_bootstrap_case(),
    'auc': auc_cases(),
    'losses': loss_cases(),
    'probation': probation_case(),
    'betting': betting_case(),
    'rowsNeeded': rows_needed_cases(),
}
Path(__file__).with_name('gate.json').write_text(json.dumps(vectors) + '\n')
