"""Where the course keeps its data and lessons: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

__all__ = ["data_folder", "lessons_folder"]


def _beside_or_inside(name: str, proof: str) -> Path:
    package = Path(__file__).resolve().parent
    for folder in (package / name, package.parent / name):
        if (folder / proof).is_file():
            return folder
    raise FileNotFoundError(
        f"The folder {name}/ of the course was not found beside or inside the jdm_teach package. "
        "Install it again with `pip install jdm-teach`, or work from a complete checkout."
    )


def data_folder() -> Path:
    """The folder that holds `evidence/`, `questions/`, `sessions/` and `pathway/`.

    Raises FileNotFoundError, with what to do, when neither place has it.
    """
    return _beside_or_inside("data", "datapackage.json")


def lessons_folder() -> Path:
    """The folder that holds the notebooks. Raises FileNotFoundError as `data_folder` does."""
    return _beside_or_inside("notebooks", "00_start_here.ipynb")
