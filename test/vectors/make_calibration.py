"""Makes calibration.json: calibrators by statsmodels, scikit-learn and scipy, correlations by scipy.

    pip install numpy scipy statsmodels scikit-learn
    python test/vectors/make_calibration.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from scipy.stats import pearsonr
from sklearn.calibration import _SigmoidCalibration

HERE = Path(__file__).parent


def logistic(rng):
    """Platt's targets; their likelihood is maximised exactly by a GLM, and to its own tolerance by scikit-learn."""
    for rows, slope, intercept in [(150, 1.0, 0.0), (400, 0.4, -1.0), (1000, 2.5, 0.7)]:
        p = np.clip(rng.beta(2, 3, rows), 0.01, 0.99).round(6)
        score = np.log(p) - np.log1p(-p)
        y = (rng.random(rows) < 1 / (1 + np.exp(-(slope * score + intercept)))).astype(float)
        n1 = y.sum()
        targets = np.where(y == 1, (n1 + 1) / (n1 + 2), 1 / (rows - n1 + 2))
        fit = sm.GLM(targets, sm.add_constant(score), family=sm.families.Binomial()).fit(tol=1e-14)
        platt = _SigmoidCalibration().fit(score, y)
        yield {"probabilities": p.tolist(), "labels": y.tolist(), "slope": fit.params[1], "intercept": fit.params[0],
               "scikitLearn": {"slope": -platt.a_, "intercept": -platt.b_}}


def temperature(rng):
    for rows, classes, heat in [(200, 3, 2.0), (500, 5, 0.6)]:
        logits = rng.normal(0, 1.5, (rows, classes))
        y = np.array([rng.choice(classes, p=softmax(row / heat)) for row in logits])
        p = softmax(logits, axis=1).round(6)
        logs = np.log(np.clip(p, 1e-7, None))
        loss = lambda t: -log_softmax(logs / t, axis=1)[np.arange(rows), y].mean()
        best = minimize_scalar(loss, bounds=(0.05, 20), method="bounded", options={"xatol": 1e-10})
        yield {"classes": classes, "probabilities": p.ravel().tolist(), "labels": y.tolist(), "temperature": best.x, "loss": best.fun}


def line(rng):
    for rows in (30, 200):
        values = rng.normal(100, 20, rows).round(4)
        y = (0.7 * values + 12 + rng.normal(0, 5, rows)).round(4)
        slope, intercept = np.polyfit(values, y, 1)
        yield {"values": values.tolist(), "labels": y.tolist(), "slope": slope, "intercept": intercept, "correlation": pearsonr(values, y)[0]}


rng = np.random.default_rng(11)
vectors = {
    "madeBy": {name: version(name) for name in ("numpy", "scipy", "statsmodels", "scikit-learn")},
    "logistic": list(logistic(rng)),
    "temperature": list(temperature(rng)),
    "line": list(line(rng)),
}
(HERE / "calibration.json").write_text(json.dumps(vectors, allow_nan=False, separators=(",", ":")) + "\n")
