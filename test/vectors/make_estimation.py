"""Makes estimation.json: what NannyML's CBPE and DLE estimate, with bands and thresholds.

    pip install nannyml==0.13.1 statsmodels
    NML_DISABLE_USAGE_LOGGING=1 python test/vectors/make_estimation.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
from nannyml import CBPE, DLE
from nannyml.calibration import NoopCalibrator

HERE = Path(__file__).parent
ROWS, CHUNK, LATER = 600, 60, 120
METRICS = {"accuracy": "accuracy", "roc_auc": "rocAuc", "f1": "f1", "precision": "precision", "recall": "recall"}
LOSSES = {"mae": "meanAbsoluteError", "mse": "meanSquaredError", "rmse": "rootMeanSquaredError"}


def rounded(values, digits=6):
    return [round(float(v), digits) for v in np.ravel(values)]


def binary(rng, sharpness, share):
    """Probabilities without ties; the truth is `sharpness` times as far from one half, in log-odds."""
    def draw(n, shift):
        logit = rng.normal(np.log(share / (1 - share)) + shift, 1.2, n)
        p = np.round(1 / (1 + np.exp(-logit)), 6)
        return p, (rng.random(n) < 1 / (1 + np.exp(-sharpness * logit))).astype(int)
    (p, y), (q, _) = draw(ROWS, 0), draw(LATER, 0.7)
    reference = pd.DataFrame({"p": p, "c": (p >= 0.5).astype(int), "y": y})
    later = pd.DataFrame({"p": q, "c": (q >= 0.5).astype(int)})
    return reference, later, {"y_pred_proba": "p", "y_pred": "c", "y_true": "y", "problem_type": "classification_binary"}, ["p"]


def multiclass(rng, sharpness):
    columns = ["p0", "p1", "p2"]
    def draw(n, shift):
        logits = rng.normal([0.3, shift, 0], 1.2, (n, 3))
        p = np.round(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), 6)
        true = np.exp(sharpness * logits)
        true /= true.sum(axis=1, keepdims=True)
        return p, [str(rng.choice(3, p=t)) for t in true]
    (p, y), (q, _) = draw(ROWS, 0), draw(LATER, 0.7)
    frame = lambda p: pd.DataFrame(p, columns=columns).assign(c=[str(c) for c in p.argmax(axis=1)])
    settings = {"y_pred_proba": {str(c): name for c, name in enumerate(columns)}, "y_pred": "c", "y_true": "y",
                "problem_type": "classification_multiclass"}
    return frame(p).assign(y=y), frame(q), settings, columns


def estimates(result, names, rows):
    """By metric: value, band, thresholds and alert of each later chunk, and what was realised on the whole reference."""
    data = result.filter(period="analysis").to_df()
    columns = {"value": "value", "lower": "lower_confidence_boundary", "upper": "upper_confidence_boundary",
               "lowerThreshold": "lower_threshold", "upperThreshold": "upper_threshold", "isOutside": "alert"}
    return {ours: [{key: row[(theirs, column)].item() if hasattr(row[(theirs, column)], "item") else row[(theirs, column)]
                    for key, column in columns.items()} for _, row in data.iterrows()]
            for theirs, ours in names.items()}


def cbpe(name, made):
    reference, later, settings, columns = made
    fitted = CBPE(metrics=list(METRICS), chunk_size=CHUNK, **settings).fit(reference)
    needs = [fitted.needs_calibration] if len(columns) == 1 else [not isinstance(c, NoopCalibrator) for _, c in sorted(fitted._calibrators.items())]
    return {"name": name, "width": len(columns), "needsCalibration": [bool(n) for n in needs],
            "reference": rounded(reference[columns]), "labels": [int(y) for y in reference["y"]],
            "later": rounded(later[columns]), "expected": estimates(fitted.estimate(later), METRICS, CHUNK)}


class GivenLosses:
    """Stands in for NannyML's LightGBM, so that what it does with predicted losses can be compared."""

    def predict(self, X):
        return X["loss"].to_numpy()


def dle(rng):
    y = np.round(rng.normal(10, 3, ROWS), 4)
    prediction = np.round(y + rng.normal(0, 1 + 0.1 * np.abs(y), ROWS), 4)
    loss = np.round(np.abs(rng.normal(1.5, 1, LATER)), 4) - 0.2
    reference = pd.DataFrame({"loss": 0.0, "c": prediction, "y": y})
    later = pd.DataFrame({"loss": loss, "c": np.zeros(LATER)})
    fitted = DLE(feature_column_names=["loss"], y_pred="c", y_true="y", metrics=list(LOSSES), chunk_size=CHUNK).fit(reference)
    for metric in fitted.metrics:
        metric._dee_model = GivenLosses()
    return {"reference": rounded(prediction), "labels": rounded(y), "losses": rounded(loss),
            "expected": estimates(fitted.estimate(later), LOSSES, CHUNK)}


rng = np.random.default_rng(7)
# A seed for which the ten random splits of NannyML, too, find the probabilities to be good as they are.
calibrated = np.random.default_rng(8)
vectors = {
    "madeBy": {p: version(p) for p in ("nannyml", "scikit-learn", "numpy")},
    "chunk": CHUNK,
    "cbpe": [
        cbpe("binary, too bold", binary(rng, 0.4, 0.4)),
        cbpe("binary, calibrated already", binary(calibrated, 1, 0.4)),
        cbpe("binary, mostly class 1", binary(rng, 0.5, 0.8)),
        cbpe("three classes, too bold", multiclass(rng, 0.4)),
    ],
    "dle": dle(rng),
}
text = json.dumps(vectors, separators=(",", ":")).replace('{"name"', '\n{"name"').replace(',"', ',\n"')
(HERE / "estimation.json").write_text(text + "\n")
