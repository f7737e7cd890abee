"""Writes the JSON Schema of rule files, which editors use for completion.

::

    python -m autoqa.scoring.schema
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from autoqa.scoring.documents import schema

NAME = "rule-file.schema.json"


def schema_text() -> str:
    """The schema as it is kept in the package."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def main() -> None:
    folder = Path(str(resources.files("autoqa"))) / "schema"
    folder.mkdir(exist_ok=True)
    (folder / NAME).write_text(schema_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
