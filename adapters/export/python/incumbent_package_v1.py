"""Loads a model package of Incumbent: raw feature columns in, the answers of its prediction service out.

    import mlflow
    mlflow.pyfunc.load_model("path/of/the/package").predict(frame)

or without MLflow, with this folder on sys.path:

    import incumbent_package_v1
    incumbent_package_v1.load("path/of/the/package").predict(frame)

Needs numpy, pandas and onnxruntime. All that was learned is in model.onnx; this file only turns columns into its inputs.
"""

import json
import math
import re
from datetime import date, datetime, timezone
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd

# A large table must not need a large multiple of its own size.
ROWS_A_CALL = 4096


class IncumbentPackage:
    """A version. `predict` answers in the words of the service, `outputs` in bare numbers."""

    def __init__(self, directory):
        directory = Path(directory)
        signature = json.loads((directory / "signature.json").read_text("utf-8"))
        export = json.loads((directory / "export.json").read_text("utf-8"))
        if export["onnx"] is None:
            raise RuntimeError(f"{directory} can't be loaded from Python: {export['notice']}")
        self.task = signature["task"]
        self.features = signature["schema"]["features"]
        self.classes = signature["schema"]["classes"]
        self._missing_text = export["onnx"]["missingText"]
        options = onnxruntime.SessionOptions()
        # A small network is done before other threads are awake.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(directory / export["onnx"]["file"]), options, providers=["CPUExecutionProvider"]
        )

    def predict(self, model_input, params=None):
        """A row for each row: `label`, `probability`, `probabilities` for classes, `value` for a regression."""
        frame = model_input if isinstance(model_input, pd.DataFrame) else pd.DataFrame(model_input)
        outputs = self.outputs(frame)
        if self.task == "regression":
            return pd.DataFrame({"value": outputs[:, 0]}, index=frame.index)
        shares = np.column_stack([1 - outputs[:, 0], outputs[:, 0]]) if self.task == "binary" else outputs
        best = shares.argmax(axis=1) if len(shares) > 0 else np.zeros(0, dtype=int)
        answers = {
            "label": [self.classes[at] for at in best],
            "probability": shares[np.arange(len(shares)), best],
            "probabilities": [dict(zip(self.classes, row)) for row in shares.tolist()],
        }
        return pd.DataFrame(answers, index=frame.index)

    def outputs(self, frame):
        """An array of doubles, a row each: the probability of class 1, or one of each class, or the value."""
        absent = [feature["name"] for feature in self.features if feature["name"] not in frame.columns]
        if absent:
            raise ValueError(f"the table lacks the columns {', '.join(absent)}; a missing value is null, in a column that is there")
        inputs = {feature["name"]: self._column(feature, frame[feature["name"]]) for feature in self.features}
        width = len(self.classes) if self.task == "multiclass" else 1
        parts = [np.zeros((0, width))]
        for start in range(0, len(frame), ROWS_A_CALL):
            rows = {name: column[start : start + ROWS_A_CALL] for name, column in inputs.items()}
            parts.append(self._session.run(None, rows)[0])
        return np.concatenate(parts)

    def _column(self, feature, column):
        values = _categories(column, self._missing_text) if feature["type"] == "categorical" else _NUMBERS[feature["type"]](column)
        return values.reshape(-1, 1)


def _is_missing(value):
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def _each(column, parse):
    """Numbers of a column of objects; NaN is missing."""
    name = column.name
    values = np.empty(len(column))
    for row, value in enumerate(column.tolist()):
        values[row] = math.nan if _is_missing(value) else parse(name, value)
    return values


def _numeric(column):
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf":
        return column.to_numpy(dtype=np.float64)
    return _each(column, _parse_number)


def _parse_number(name, value):
    if isinstance(value, (str, bytes, bool, np.bool_)):
        raise ValueError(f'"{name}" must be a number or null, but a row has {value!r}')
    return float(value)


def _boolean(column):
    return _each(column, _parse_boolean)


def _parse_boolean(name, value):
    if isinstance(value, (bool, np.bool_)) or value == 0 or value == 1:
        return float(value)
    raise ValueError(f'"{name}" must be true, false or null, but a row has {value!r}')


def _timestamp(column):
    return _each(column, _parse_time)


_TIME = re.compile(
    r"([+-]\d{6}|\d{4})(?:-(\d\d)(?:-(\d\d))?)?"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|z|[+-]\d\d(?::?\d\d)?)?)?"
)


def _parse_time(name, value):
    """Milliseconds since the epoch. A time without an offset is UTC."""
    if isinstance(value, (datetime, date)):
        value = value.isoformat()
    if isinstance(value, np.datetime64):
        value = str(value)
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f'"{name}" must be an ISO 8601 time or null, but a row has {value!r}')
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    days = _days(int(year), int(month or 1), int(day or 1))
    seconds = days * 86_400 + int(hour or 0) * 3_600 + int(minute or 0) * 60 + int(second or 0)
    return float(seconds * 1_000 + int(((fraction or "") + "000")[:3]) - _offset_minutes(offset) * 60_000)


def _days(year, month, day):
    """Days since the epoch, also where Python's own calendar ends."""
    cycles, of_cycle = divmod(year - 2000, 400)
    start = datetime(2000 + of_cycle, month, day, tzinfo=timezone.utc)
    return cycles * 146_097 + int(start.timestamp()) // 86_400


def _offset_minutes(offset):
    if offset is None or offset in "Zz":
        return 0
    digits = offset[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if offset[0] == "-" else minutes


def _categories(column, missing_text):
    """Texts; one that looks like `missing_text` is another category, which no training saw."""
    texts = np.empty(len(column), dtype=object)
    for row, value in enumerate(column.tolist()):
        text = missing_text if _is_missing(value) else _to_text(value)
        texts[row] = text if _is_missing(value) or text != missing_text else text + "?"
    return texts


def _to_text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


_NUMBERS = {"numeric": _numeric, "boolean": _boolean, "timestamp": _timestamp}


def load(directory):
    """The package in a folder."""
    return IncumbentPackage(directory)


def _load_pyfunc(directory):
    """For mlflow.pyfunc."""
    return load(directory)
