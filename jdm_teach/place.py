"""Where the course keeps its data: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

__all__ = ["data_folder"]


def data_folder() -> Path:
    """The folder that holds `evidence/`, `questions/`, `sessions/` and `pathway/`.

    Raises FileNotFoundError, with what to do, when neither place has it.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "data", package.parent / "data"):
        if (folder / "datapackage.json").is_file():
            return folder
    raise FileNotFoundError(
        "The course data were not found beside or inside the jdm_teach package. "
        "Install it again with `pip install jdm-teach`, or work from a complete checkout."
    )
