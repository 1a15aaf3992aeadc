"""``python3 -m recension get repo@ref`` prints the folder, for steps that are no Python."""

import sys

from . import get


def main(words: list[str]) -> int:
    """Do what the words say."""
    if len(words) != 2 or words[0] != "get":
        print("usage: python3 -m recension get REPO@REF[:/PATH]", file=sys.stderr)  # noqa: T201
        return 2
    try:
        print(get(words[1]))  # noqa: T201
    except (LookupError, ValueError, RuntimeError, OSError) as error:
        print(f"recension: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
