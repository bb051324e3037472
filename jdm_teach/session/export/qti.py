"""The question bank as a QTI 3.0 package: a manifest and one assessment item a question.

Namespaces and type names are those of the 1EdTech QTI 3.0.1 specification (https://www.imsglobal.org/spec/qti/v3p0/impl).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from ...exercises.item import Item
from .parcel import Parcel, clean, listed
from .qti_item import XSI, assessment_item, identifier

__all__ = ["qti_package"]

PACKAGE = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
PACKAGE_SCHEMA = "https://purl.imsglobal.org/spec/qti/v3p0/schema/xsd/imsqtiv3p0_imscpv1p2_v1p0.xsd"
# A zip keeps a date for every file; a fixed one makes the same bank give the same bytes.
DATE = (2026, 1, 1, 0, 0, 0)


def qti_package(items: Sequence[Item]) -> Parcel:
    """The items as one zip, with notes on what a QTI item cannot carry."""
    files = {f"items/{identifier(item.id)}.xml": document(assessment_item(item)) for item in items}
    files = {"imsmanifest.xml": document(manifest(items)), **files}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(zipfile.ZipInfo(name, DATE), content, zipfile.ZIP_DEFLATED)
    return Parcel("jdm_qti3.zip", buffer.getvalue(), len(items), notes(items))


def notes(items: Sequence[Item]) -> tuple[str, ...]:
    marked = [item for item in items if not item.prediction]
    told = [
        ([i for i in items if i.asks_confidence], "how sure a learner is: left out, because most systems accept one question per item"),
        (items, "“I do not know” as an answer of its own: an item may be left open instead"),
        ([i for i in items if i.prediction], "a prediction opens a simulator in the course: here it is an unmarked question without one"),
        ([i for i in items if i.kind in {"number", "interval"}], "typed fractions, per cents and “1 of 10”: QTI reads plain numbers"),
        ([i for i in marked if i.kind == "interval"], "the verdict “partly” when one end of an interval agrees"),
        ([i for i in items if i.kind == "many"], "the reply to a box left open"),
        ([i for i in items if i.kind == "text"], "marking one's own text with the rubric: it stands in a block for scorers"),
    ]  # fmt: skip
    return tuple(f"{what} ({listed(which, items)})." for which, what in told if which)


def document(root: Element) -> bytes:
    indent(root, " ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="utf-8") + b"\n"


def manifest(items: Sequence[Item]) -> Element:
    root = Element("manifest", {"xmlns": PACKAGE, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{PACKAGE} {PACKAGE_SCHEMA}", "identifier": "jdm_teach_questions"})  # fmt: skip
    about = SubElement(root, "metadata")
    SubElement(about, "schema").text = "QTI Package"
    SubElement(about, "schemaversion").text = "3.0.0"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    for item in items:
        name = identifier(item.id)
        place = f"items/{name}.xml"
        resource = SubElement(
            resources, "resource", identifier=clean(name), type="imsqti_item_xmlv3p0", href=place
        )
        SubElement(resource, "file", href=place)
    return root
