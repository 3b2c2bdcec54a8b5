"""Scores packages with onnxruntime, each by the loader that lies in it, after ONNX's own checker has passed its graph.

Takes a file of JSON, [{"directory", "rows"}]; prints the outputs of each as JSON.
"""

import importlib.util
import json
import sys
from pathlib import Path

import onnx
import pandas as pd

results = []
for job in json.loads(Path(sys.argv[1]).read_text("utf-8")):
    directory = Path(job["directory"])
    onnx.checker.check_model(str(directory / "model.onnx"), full_check=True)
    spec = importlib.util.spec_from_file_location("loader", directory / "code" / "incumbent_package_v1.py")
    loader = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loader)
    results.append(loader.load(directory).outputs(pd.DataFrame(job["rows"])).tolist())
print(json.dumps(results))
