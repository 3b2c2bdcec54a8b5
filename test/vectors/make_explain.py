"""Makes explain.json: reference values for permutation importance and for attributions of single predictions.

Needs numpy, scikit-learn. Run: python make_explain.py (writes explain.json beside itself).
Permutation importance is scikit-learn's own; the permutations that it drew are recorded, so that the same can be repeated.
Attributions are integrated gradients (Sundararajan et al. 2017) of ReLU networks as a midpoint sum of 200,000 steps.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression

rng = np.random.default_rng(20261124)
seed = 7
repeats = 4


def permutations(rows):
    """What permutation_importance draws: one generator per column, all of one seed, each shuffle on top of the one before."""
    column_seed = np.random.RandomState(seed).randint(np.iinfo(np.int32).max + 1)
    random = np.random.RandomState(column_seed)
    order, index, drawn = np.arange(rows), np.arange(rows), []
    for _ in range(repeats):
        random.shuffle(index)
        order = order[index]
        drawn.append(order.tolist())
    return drawn


def importance_case(name, model, x, y, scoring):
    model.fit(x, y)
    found = permutation_importance(model, x, y, scoring=scoring, n_repeats=repeats, random_state=seed)
    return {'name': name, 'x': x.tolist(), 'y': y.tolist(), 'coefficients': np.atleast_2d(model.coef_).tolist(),
            'intercepts': np.atleast_1d(model.intercept_).tolist(), 'permutations': permutations(len(y)),
            'importances': found.importances.tolist(), 'means': found.importances_mean.tolist()}


def importance_cases():
    x = np.round(rng.normal(size=(60, 4)), 4)
    z = x @ [1.5, -0.8, 0.0, 0.3]
    binary = (z + rng.logistic(size=60) > 0).astype(int)
    three = np.argmax(np.stack([z, x[:, 1], x[:, 2]], axis=1) + rng.gumbel(size=(60, 3)), axis=1)
    values = np.round(100 + 20 * z + rng.normal(size=60), 4)
    return [importance_case('binary', LogisticRegression(), x, binary, 'neg_log_loss'),
            importance_case('multiclass', LogisticRegression(), x, three, 'neg_log_loss'),
            importance_case('regression', LinearRegression(), x, values, 'neg_mean_squared_error')]


def forward(layers, x, ending):
    """Outputs and, by backpropagation, the gradient of output `of` by the inputs."""
    passed = []
    for number, (kernel, bias) in enumerate(layers):
        x = x @ kernel + bias
        if number < len(layers) - 1:
            passed.append(x > 0)
            x = np.maximum(x, 0)
    if ending == 'sigmoid':
        x = 1 / (1 + np.exp(-x))
    if ending == 'softmax':
        x = np.exp(x - x.max(axis=1, keepdims=True))
        x /= x.sum(axis=1, keepdims=True)
    return x, passed


def gradients(layers, x, ending, of):
    out, passed = forward(layers, x, ending)
    slopes = np.zeros_like(out)
    if ending == 'linear':
        slopes[:, of] = 1
    elif ending == 'sigmoid':
        slopes = out * (1 - out)
    else:
        slopes = -out * out[:, [of]]
        slopes[:, of] += out[:, of]
    for number in reversed(range(len(layers))):
        slopes = slopes @ layers[number][0].T
        if number > 0:
            slopes = slopes * passed[number - 1]
    return slopes


def integrated(layers, x, baseline, ending, of, steps=200_000):
    at = (np.arange(steps) + 0.5) / steps
    total = np.zeros_like(x)
    for part in np.array_split(at, 100):
        total += gradients(layers, baseline + part[:, None] * (x - baseline), ending, of).sum(axis=0)
    return (x - baseline) * total / steps


def network(widths):
    return [(np.round(rng.normal(size=(a, b)) * (2 / a) ** 0.5, 4), np.round(rng.normal(size=b) * 0.3, 4))
            for a, b in zip(widths, widths[1:])]


def attribution_cases():
    cases = []
    for name, widths, ending, of in [('linear regression', (5, 1), 'linear', 0), ('linear binary', (5, 1), 'sigmoid', 0),
                                     ('linear multiclass', (5, 3), 'softmax', 2), ('regression', (6, 16, 1), 'linear', 0),
                                     ('binary', (6, 24, 12, 1), 'sigmoid', 0), ('multiclass', (6, 16, 8, 4), 'softmax', 1)]:
        layers = network(widths)
        for _ in range(3):
            x, baseline = np.round(rng.normal(size=(2, widths[0])) * 2, 4)
            out = forward(layers, np.stack([x, baseline]), ending)[0][:, of]
            cases.append({'name': name, 'ending': ending, 'of': of, 'x': x.tolist(), 'baseline': baseline.tolist(),
                          'layers': [{'kernel': k.tolist(), 'bias': b.tolist()} for k, b in layers],
                          'output': out[0], 'baselineOutput': out[1],
                          'attributions': integrated(layers, x, baseline, ending, of).tolist()})
    return cases


path = Path(__file__).with_name('explain.json')
path.write_text(json.dumps({'made_by': {'numpy': np.__version__, 'scikit-learn': sklearn.__version__},
                            'importances': importance_cases(), 'attributions': attribution_cases()}, indent=1) + '\n')
