"""Put the description of data files into `data/datapackage.json`, in its layout.

    python tools/describe.py DESCRIPTION.json [MORE.json …]

Each file holds one Frictionless resource, or a list of them. A resource of the same name is replaced, a new one is
added at the end. One column stays on one line, so that a change shows as one line.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent / "data" / "datapackage.json"


def line(key: str, value: Any, indent: int) -> str:
    return f"{' ' * indent}{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"


def resource_text(resource: dict[str, Any]) -> str:
    """One resource: a line per property, and within the schema a line per column."""
    lines = [line(key, value, 3) for key, value in resource.items() if key != "schema"]
    schema = resource.get("schema")
    if isinstance(schema, dict):
        inner = [line(key, value, 4) for key, value in schema.items() if key != "fields"]
        fields = ",\n".join(f"     {json.dumps(field, ensure_ascii=False)}" for field in schema["fields"])
        inner.append(f'    "fields": [\n{fields}\n    ]')
        lines.append('   "schema": {\n' + ",\n".join(inner) + "\n   }")
    return "  {\n" + ",\n".join(lines) + "\n  }"


def package_text(package: dict[str, Any]) -> str:
    """The whole description as text."""
    head = [line(key, value, 1) for key, value in package.items() if key != "resources"]
    resources = ",\n".join(resource_text(resource) for resource in package["resources"])
    return "{\n" + ",\n".join([*head, f' "resources": [\n{resources}\n ]']) + "\n}\n"


def main(files: list[str]) -> None:
    package = json.loads(PACKAGE.read_text(encoding="utf-8"))
    by_name = {resource["name"]: resource for resource in package["resources"]}
    for file in files:
        given = json.loads(Path(file).read_text(encoding="utf-8"))
        by_name.update(
            {resource["name"]: resource for resource in (given if isinstance(given, list) else [given])}
        )
    package["resources"] = list(by_name.values())
    PACKAGE.write_text(package_text(package), encoding="utf-8")
    print(f"{len(by_name)} resources are described in data/datapackage.json.")


if __name__ == "__main__":
    main(sys.argv[1:])
