"""Makes guards.json: reference values for the gate's guards (slices, fairness, negative flips, calibration).

Needs numpy, scipy, scikit-learn, fairlearn. Run: python make_guards.py (writes guards.json beside itself).
"""

import json
from pathlib import Path

import fairlearn
import numpy as np
import scipy
import sklearn
from fairlearn.metrics import demographic_parity_difference, equal_opportunity_difference
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, t, ttest_1samp
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

rng = np.random.default_rng(20261124)


def student_cases():
    return [{'t': x, 'df': df, 'survival': float(t.sf(x, df))}
            for x in (-2.5, 0.0, 0.5, 1.96, 4.0, 12.0) for df in (1, 9, 49, 1999)]


def mean_cases():
    cases = []
    for rows, limit in [(12, 0.0), (60, -0.2), (400, 0.05)]:
        values = np.round(rng.normal(0.1, 1.0, rows), 6)
        test = lambda side: float(ttest_1samp(values, limit, alternative=side).pvalue)
        interval = ttest_1samp(values, limit).confidence_interval(0.95)
        cases.append({'values': values.tolist(), 'limit': limit, 'pBeyond': test('greater'), 'pWithin': test('less'),
                      'interval': [float(interval.low), float(interval.high)]})
    return cases


def tango(worse, better, rows, margin):
    """Tango (1998): the score statistic, with the share of the better cell found by maximising the likelihood at the margin."""
    both = rows - worse - better

    def loss(q):
        parts = [(worse, q + margin), (better, q), (both, 1 - 2 * q - margin)]
        return -sum(count * np.log(share) for count, share in parts if count > 0)
    top = (1 - margin) / 2
    q = 0.0 if better == 0 and margin == 0 and worse == 0 else float(
        minimize_scalar(loss, bounds=(1e-15, top - 1e-15), method='bounded', options={'xatol': 1e-14}).x)
    variance = rows * (2 * q + margin - margin ** 2)
    return float((worse - better - rows * margin) / variance ** 0.5)


def tango_cases():
    return [{'worse': w, 'better': b, 'rows': n, 'margin': m, 'z': tango(w, b, n, m)}
            for w, b, n, m in [(12, 3, 80, 0.01), (40, 25, 500, 0.02), (9, 1, 50, 0.05), (5, 30, 300, 0.01), (300, 200, 5000, 0.01),
                               (7, 4, 60, 0.0)]]


def flip_cases():
    cases = []
    for flips, errors, limit in [(40, 50, 0.5), (0, 12, 0.5), (8, 9, 0.5), (150, 400, 0.5), (30, 60, 0.25), (3, 0, 0.5), (500, 800, 1.0)]:
        share = limit / (1 + limit)
        test = lambda side: float(binomtest(flips, flips + errors, share, alternative=side).pvalue)
        cases.append({'flips': flips, 'errors': errors, 'limit': limit, 'pBeyond': test('greater'), 'pWithin': test('less')})
    return cases


def expected_error(hits, probabilities, bins):
    """From calibration_curve's points, weighted by the rows of its bins."""
    true, predicted = calibration_curve(hits, probabilities, n_bins=bins, strategy='quantile')
    edges = np.percentile(probabilities, np.linspace(0, 1, bins + 1) * 100)
    counts = np.bincount(np.searchsorted(edges[1:-1], probabilities), minlength=bins)
    weights = counts[counts > 0] / len(probabilities)
    return float(np.sum(weights * np.abs(true - predicted)))


def calibration_cases():
    cases = []
    for name, rows, digits, bins in [('continuous', 410, 6, 15), ('many-ties', 300, 1, 10), ('few', 45, 4, 2)]:
        probabilities = np.round(rng.beta(2, 3, rows), digits)
        labels = (rng.random(rows) < probabilities ** 1.3).astype(int)
        cases.append({'name': name, 'task': 'binary', 'width': 1, 'bins': bins, 'labels': labels.tolist(), 'predictions': probabilities.tolist(),
                      'brier': float(brier_score_loss(labels, probabilities)), 'error': expected_error(labels, probabilities, bins)})
    labels = rng.integers(0, 3, 360)
    raw = rng.random((360, 3)) + np.eye(3)[labels] * 0.6
    p = raw / raw.sum(1, keepdims=True)
    onehot = np.eye(3)[labels]
    cases.append({'name': 'top-label', 'task': 'multiclass', 'width': 3, 'bins': 15, 'labels': labels.tolist(),
                  'predictions': p.ravel().tolist(), 'brier': float(((p - onehot) ** 2).sum(1).mean() / 2),
                  'error': expected_error((p.argmax(1) == labels).astype(int), p.max(1), 15)})
    return cases


def fairness_cases():
    cases = []
    for groups, rows in [(2, 400), (3, 600), (5, 900)]:
        group = rng.integers(0, groups, rows)
        labels = (rng.random(rows) < 0.3 + 0.08 * group).astype(int)
        scores = np.clip(0.25 + 0.4 * labels + 0.05 * group + rng.normal(0, 0.25, rows), 0, 1).round(4)
        answers = (scores >= 0.5).astype(int)
        cases.append({'group': group.tolist(), 'labels': labels.tolist(), 'scores': scores.tolist(),
                      'demographicParity': float(demographic_parity_difference(labels, answers, sensitive_features=group)),
                      'equalOpportunity': float(equal_opportunity_difference(labels, answers, sensitive_features=group))})
    return cases


vectors = {
    'madeWith': {'numpy': np.__version__, 'scipy': scipy.__version__, 'scikit-learn': sklearn.__version__,
                 'fairlearn': fairlearn.__version__},
    'student': student_cases(),
    'means': mean_cases(),
    'tango': tango_cases(),
    'flips': flip_cases(),
    'calibration': calibration_cases(),
    'fairness': fairness_cases(),
}
Path(__file__).with_name('guards.json').write_text(json.dumps(vectors) + '\n')
