"""Put CSV files with the same columns under one another: python concatenate.py FIRST.csv MORE.csv... OUT.csv."""

import csv
import sys
from pathlib import Path


def main(*paths: str) -> None:
    """Write the rows of all but the last path to the last one; columns are those of the first."""
    *sources, target = (Path(path) for path in paths)
    columns: list[str] = []
    rows: list[dict[str, str]] = []
    for source in sources:
        with source.open(newline="", encoding="utf-8") as file:
            table = csv.DictReader(file)
            columns = columns or list(table.fieldnames or ())
            missing = [column for column in columns if column not in (table.fieldnames or ())]
            if missing:
                sys.exit(f"{source}: no column {', '.join(missing)}")
            rows += [{column: row[column] for column in columns} for row in table]
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} rows from {len(sources)} files")


if __name__ == "__main__":
    main(*sys.argv[1:])
