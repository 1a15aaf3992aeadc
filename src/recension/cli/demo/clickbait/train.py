"""Train a clickbait detector on labelled headlines and test it on others.

    python train.py TRAIN.csv TEST.csv OUT

Writes OUT/predictions.csv (headline, category, predicted) and OUT/metrics.json. The same files give the same bytes.
"""

import csv
import json
import sys
from pathlib import Path

from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, f1_score
from sklearn.pipeline import make_pipeline

POSITIVE = "clickbait"


def read(path: str) -> tuple[list[str], list[str]]:
    """Headlines and their categories."""
    with Path(path).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [row["headline"] for row in rows], [row["category"] for row in rows]


def main(train: str, test: str, out: str) -> None:
    """Train on one file, predict the other, write both results."""
    headlines, categories = read(train)
    # Stop words go, as in the published example. They are what gives clickbait away ("you", "what", "this"): without
    # this argument the accuracy on the test headlines rises from 0.83 to 0.92. Try it: only this step runs again.
    words = TfidfVectorizer(ngram_range=(1, 2), stop_words="english")
    forest = RandomForestClassifier(n_estimators=200, class_weight="balanced", random_state=0, n_jobs=1)
    model = make_pipeline(words, forest).fit(headlines, categories)

    headlines, truth = read(test)
    predicted = [str(category) for category in model.predict(headlines)]
    write(Path(out), list(zip(headlines, truth, predicted, strict=True)), train_rows=len(categories))


def write(out: Path, rows: list[tuple[str, str, str]], *, train_rows: int) -> None:
    """Write the predictions and what they amount to."""
    with (out / "predictions.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["headline", "category", "predicted"])
        table.writerows(rows)
    truth, predicted = [row[1] for row in rows], [row[2] for row in rows]
    metrics = {
        "accuracy": round(float(accuracy_score(truth, predicted)), 6),
        "f1": round(float(f1_score(truth, predicted, pos_label=POSITIVE)), 6),
        "positive": POSITIVE,
        "test_rows": len(rows),
        "train_rows": train_rows,
    }
    (out / "metrics.json").write_text(json.dumps(metrics, indent=2, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
