"""Keras's side of the benchmark: one training, in a process of its own, as a line of JSON."""

import json
import os
import resource
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"


def train_dense(folder, widths, epochs, batch_size):
    import keras
    import numpy

    sizes = [int(size) for size in widths.split("-")]
    targets = numpy.fromfile(f"{folder}/targets.f32", dtype="<f4")
    inputs = numpy.fromfile(f"{folder}/inputs.f32", dtype="<f4").reshape(len(targets), sizes[0])
    flat = numpy.fromfile(f"{folder}/weights.f32", dtype="<f4")
    model = keras.Sequential(
        [keras.Input((sizes[0],))]
        + [keras.layers.Dense(units, activation="relu") for units in sizes[1:-1]]
        + [keras.layers.Dense(sizes[-1], activation="sigmoid")]
    )
    model.compile(keras.optimizers.Adam(0.001), "binary_crossentropy")
    batch_size = int(batch_size)
    # Warm: the training function is traced, and its threads have started. The last batch is smaller.
    rest = len(targets) % batch_size or batch_size
    model.fit(inputs[: batch_size + rest], targets[: batch_size + rest], batch_size=batch_size, verbose=0)
    weights, at = [], 0
    for weight in model.get_weights():
        weights.append(flat[at : at + weight.size].reshape(weight.shape))
        at += weight.size
    model.set_weights(weights)
    for variable in model.optimizer.variables:
        if variable.name != "learning_rate":
            variable.assign(numpy.zeros(variable.shape, dtype=variable.dtype))
    started, worked = time.perf_counter(), time.process_time()
    history = model.fit(inputs, targets, batch_size=batch_size, epochs=int(epochs), verbose=0)
    return {
        "seconds": time.perf_counter() - started,
        "cpuSeconds": time.process_time() - worked,
        "loss": history.history["loss"][-1],
    }


if __name__ == "__main__":
    measured = {"train-dense": train_dense}[sys.argv[1]](*sys.argv[2:])
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({**measured, "peakBytes": peak}))
