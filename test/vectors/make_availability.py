"""Makes availability.json: Pearson's chi-squared test of equal shares by scipy, without a correction for continuity.

    pip install scipy
    python test/vectors/make_availability.py
"""

import json
from importlib.metadata import version
from pathlib import Path

from scipy.stats import chi2_contingency

TABLES = [
    [[90, 10], [60, 40]],
    [[50, 50], [55, 45], [30, 70]],
    [[200, 0], [180, 20]],
    [[31, 29], [300, 300]],
]

cases = []
for table in TABLES:
    found = chi2_contingency(table, correction=False)
    cases.append(
        {
            "labelled": [labelled for labelled, _ in table],
            "unlabelled": [unlabelled for _, unlabelled in table],
            "statistic": found.statistic,
            "df": int(found.dof),
            "pValue": found.pvalue,
        }
    )
vectors = {"scipy": version("scipy"), "cases": cases}
(Path(__file__).parent / "availability.json").write_text(json.dumps(vectors, indent=2) + "\n")
