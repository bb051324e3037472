"""Every table and column is described: type, unit, missing-value rule, source and licence note."""

from __future__ import annotations

import json
import re

import pytest

from jdm_teach.place import data_folder

PACKAGE = json.loads((data_folder() / "datapackage.json").read_text(encoding="utf-8"))
EVIDENCE = [r for r in PACKAGE["resources"] if re.fullmatch(r"evidence/.*\.csv", r["path"])]


def test_frictionless_finds_the_description_and_the_data_sound():
    from frictionless import validate

    report = validate(str(data_folder() / "datapackage.json"))
    faults = report.flatten(["title", "rowNumber", "fieldName", "message"])
    assert report.valid, faults[:5]
    assert len(report.tasks) == len(PACKAGE["resources"])


def test_every_evidence_file_is_described_and_none_besides():
    described = {r["path"] for r in PACKAGE["resources"] if str(r["path"]).startswith("evidence/")}
    assert described == {f"evidence/{file.name}" for file in (data_folder() / "evidence").iterdir()}


@pytest.mark.parametrize("resource", EVIDENCE, ids=lambda resource: resource["name"])
def test_every_table_says_what_it_is_and_under_which_terms(resource):
    for part in ("title", "description", "missingValueRule", "licenses", "licenceNote"):
        assert resource[part], part
    assert resource["schema"]["missingValues"]
    assert resource["schema"]["primaryKey"]


@pytest.mark.parametrize("resource", EVIDENCE, ids=lambda resource: resource["name"])
def test_every_column_has_a_type_and_a_meaning_and_every_number_a_unit(resource):
    names = {field["name"] for field in resource["schema"]["fields"]}
    for field in resource["schema"]["fields"]:
        assert field["type"] in ("string", "integer", "number", "boolean"), field["name"]
        assert len(field["description"]) > 2, field["name"]
        if field["type"] in ("integer", "number"):
            assert field.get("unit") or field.get("unitColumn") in names, field["name"]


@pytest.mark.parametrize("resource", EVIDENCE, ids=lambda resource: resource["name"])
def test_every_row_leads_to_a_source_and_carries_its_provenance(resource):
    if resource["name"] == "sources":
        return
    keys = resource["schema"]["foreignKeys"]
    assert keys[0]["reference"] == {"resource": "sources", "fields": ["source_id"]}
    required = {f["name"] for f in resource["schema"]["fields"] if f.get("constraints", {}).get("required")}
    assert {"fact_id", "verified", "audit", "lesson_use", keys[0]["fields"][0]} <= required
    assert required & {"where", "doi_or_url"}


def test_prefixes_of_fact_ids_are_unique():
    prefixes = [resource["factPrefix"] for resource in EVIDENCE if "factPrefix" in resource]
    assert len(prefixes) == len(set(prefixes)) == len(EVIDENCE) - 1


def test_nothing_of_a_machine_or_a_registry_is_in_the_data():
    for file in [data_folder() / "datapackage.json", *(data_folder() / "evidence").iterdir()]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w/.-])/(work|root|home|tmp)/|pypi\.", text), file.name
        assert "\r" not in text, file.name
