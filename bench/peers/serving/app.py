"""A usual service for a model that was exported: FastAPI and pydantic before ONNX Runtime, nothing logged, nothing in the shadow.

    python app.py <package> <port>
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

directory, port = Path(sys.argv[1]), int(sys.argv[2])
schema = json.loads((directory / "signature.json").read_text("utf-8"))["schema"]
names = [feature["name"] for feature in schema["features"]]
classes = schema["classes"]
options = onnxruntime.SessionOptions()
# A small network is done before other threads are awake.
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(str(directory / "model.onnx"), options, providers=["CPUExecutionProvider"])
app = FastAPI()


class Request(BaseModel):
    rows: list[dict[str, float | None]]


@app.post("/predict")
async def predict(request: Request):
    inputs = {
        name: np.array([[np.nan if row[name] is None else row[name]] for row in request.rows], dtype=np.float64)
        for name in names
    }
    shares = session.run(None, inputs)[0][:, 0].tolist()
    return {
        "predictions": [
            {
                "label": classes[int(share > 0.5)],
                "probability": max(share, 1 - share),
                "probabilities": {classes[0]: 1 - share, classes[1]: share},
            }
            for share in shares
        ]
    }


uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, loop="uvloop", http="httptools")
