"""The peers' side of the benchmark: one measurement, in a process of its own, as a line of JSON."""

import json
import os
import resource
import sys
import time
import warnings

os.environ["NML_DISABLE_USAGE_LOGGING"] = "1"
warnings.filterwarnings("ignore")

NUMERIC = [f"n{index}" for index in range(15)]
CATEGORICAL = [f"k{index}" for index in range(5)]


def evidently(reference_path, current_path):
    import pandas
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    started, worked = time.perf_counter(), time.process_time()
    definition = DataDefinition(numerical_columns=NUMERIC, categorical_columns=CATEGORICAL)
    current, reference = (
        Dataset.from_pandas(pandas.read_parquet(path), data_definition=definition)
        for path in (current_path, reference_path)
    )
    report = Report([DataDriftPreset()]).run(current, reference).dict()
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    drifted = []
    for metric in report["metrics"]:
        config = metric.get("config", {})
        if "column" in config and metric["value"] >= config["threshold"]:
            drifted.append(config["column"])
    return {"seconds": seconds, "cpuSeconds": cpu, "drifted": drifted}


def nannyml(reference_path, current_path):
    import nannyml as nml
    import pandas

    started, worked = time.perf_counter(), time.process_time()
    calculator = nml.UnivariateDriftCalculator(
        column_names=NUMERIC + CATEGORICAL, treat_as_categorical=CATEGORICAL
    )
    calculator.fit(pandas.read_parquet(reference_path))
    result = calculator.calculate(pandas.read_parquet(current_path))
    alerts = result.filter(period="analysis").to_df()
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    # Ten chunks by default: a column counts as drifted where most of them raise an alert.
    drifted = [
        name for name in NUMERIC + CATEGORICAL if alerts[name]["jensen_shannon"]["alert"].mean() > 0.5
    ]
    return {"seconds": seconds, "cpuSeconds": cpu, "drifted": drifted}


def river(values_path):
    import numpy
    from river.drift import ADWIN

    values = numpy.fromfile(values_path, dtype="<f8").tolist()
    detector = ADWIN()
    detections = []
    started, worked = time.perf_counter(), time.process_time()
    for index, value in enumerate(values):
        detector.update(value)
        if detector.drift_detected:
            detections.append(index)
    seconds, cpu = time.perf_counter() - started, time.process_time() - worked
    return {"seconds": seconds, "cpuSeconds": cpu, "detections": detections}


if __name__ == "__main__":
    measure = {"evidently": evidently, "nannyml": nannyml, "river": river}[sys.argv[1]]
    measured = measure(*sys.argv[2:])
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    print(json.dumps({**measured, "peakBytes": peak}))
