"""Shows how the loader of a package reads columns: the folder, and times as JSON, are arguments; prints what it made of them."""

import importlib.util
import json
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pandas as pd

directory = Path(sys.argv[1])
texts = json.loads(sys.argv[2])
spec = importlib.util.spec_from_file_location("loader", directory / "code" / "incumbent_package_v1.py")
loader = importlib.util.module_from_spec(spec)
spec.loader.exec_module(loader)


def read(kind, values, **options):
    column = loader._NUMBERS[kind](pd.Series(values, name="column", **options))
    return [None if np.isnan(value) else value for value in column.tolist()]


def complaint(work):
    try:
        work()
    except ValueError as error:
        return str(error)
    return None


package = loader.load(directory)
columns = [feature["name"] for feature in package.features]
two_hours = timezone(timedelta(hours=2))
print(
    json.dumps(
        {
            "texts": read("timestamp", texts),
            "objects": read("timestamp", [datetime(2026, 1, 1, 2, tzinfo=two_hours), datetime(2026, 1, 1), date(2026, 1, 1), pd.NaT, None]),
            "naive": read("timestamp", pd.to_datetime(["2026-01-01", None])),
            "zoned": read("timestamp", pd.to_datetime(["2026-01-01"]).tz_localize("America/New_York")),
            "integers": read("numeric", [1, 2]),
            "nullable": read("numeric", [1, None], dtype="Int64"),
            "mixed": read("numeric", [1, 2.5, None, float("nan"), pd.NA], dtype=object),
            "booleans": read("boolean", [True, False, None, 1, 0.0], dtype=object),
            "all": read("boolean", [True, False]),
            "categories": loader._categories(pd.Series(["a", None, 5, 5.0, True, float("nan"), "!"], dtype=object), "!").tolist(),
            "complaints": [
                complaint(lambda: read("numeric", ["5"])),
                complaint(lambda: read("numeric", [True], dtype=object)),
                complaint(lambda: read("boolean", ["yes"])),
                complaint(lambda: read("timestamp", ["yesterday"])),
                complaint(lambda: read("timestamp", [1.5])),
                complaint(lambda: package.predict(pd.DataFrame([{columns[0]: 1}]))),
            ],
            "none": len(package.predict(pd.DataFrame(columns=columns))),
            "many": len(package.predict(pd.DataFrame([{name: None for name in columns}] * 10_000))),
            "index": package.predict(pd.DataFrame([{name: None for name in columns}] * 2, index=[7, 9])).index.tolist(),
        }
    )
)
