"""The page of label formats names each that there is, with what it carries."""

from pathlib import Path

from recension.label.formats import FORMATS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "formats.md"


def test_every_format_is_in_the_table_with_what_it_carries():
    rows = [line.split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    told = {row[0].strip("| `"): row[2].removesuffix(" |").strip() for row in rows}
    assert told == {name: form.carries for name, form in FORMATS.items()}
