"""Loads packages with mlflow.pyfunc and predicts rows: [{"directory", "rows"}] in a file of JSON in, the answers of each as JSON out."""

import json
import sys
from pathlib import Path

import mlflow
import pandas as pd

answers = []
for job in json.loads(Path(sys.argv[1]).read_text("utf-8")):
    model = mlflow.pyfunc.load_model(job["directory"])
    assert model.input_example is not None
    mlflow.onnx.load_model(job["directory"])
    # What a table of Python has where JSON has a text or null.
    frame = pd.DataFrame(job["rows"])
    for feature in model.metadata.get_input_schema():
        if feature.name == "at":
            frame["at"] = pd.to_datetime(frame["at"], format="ISO8601", utc=True)
    answers.append(model.predict(frame).to_dict(orient="records"))
print(json.dumps(answers))
