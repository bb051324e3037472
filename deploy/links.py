"""Links that open a lesson on a hub or on Binder, with the newest content in the student's own folder (nbgitpuller).

python deploy/links.py https://hub.example.org https://github.com/OWNER/jdm_teach
python deploy/links.py https://mybinder.org https://github.com/OWNER/jdm_teach
"""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import quote, urlencode

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def pull_link(hub: str, repository: str, lesson: str, branch: str = "main") -> str:
    """The address that fetches the repository into the student's home and opens one lesson as one document.

    A lesson that the student has changed, or only run and saved, stays theirs as it is, whole; all other files become the newest.
    To get the newest of such a lesson too: rename or delete one's own, and follow the link again.

    >>> print(pull_link("https://hub.example.org/", "https://github.com/OWNER/jdm_teach", "00_start_here"))
    https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2FOWNER%2Fjdm_teach&branch=main&urlpath=doc%2Ftree%2Fjdm_teach%2Fnotebooks%2F00_start_here.ipynb
    """
    query = pull_query(repository, lesson_path(repository, lesson), branch)
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{query}"


def binder_link(
    binder: str,
    repository: str,
    lesson: str,
    branch: str = "main",
    image: str = "environment",
    app: bool = False,
) -> str:
    """The address that starts the image of one branch on Binder, fetches the lessons of another and opens one of them.

    An edited lesson therefore builds no image: `tools/binder_branch.py` renews the image's branch when it must.

    >>> print(binder_link("https://mybinder.org", "https://github.com/OWNER/jdm_teach", "00_start_here", app=True))
    https://mybinder.org/v2/gh/OWNER/jdm_teach/environment?urlpath=git-pull%3Frepo%3Dhttps%253A%252F%252Fgithub.com%252FOWNER%252Fjdm_teach%26branch%3Dmain%26urlpath%3Dvoila%252Frender%252Fjdm_teach%252Fnotebooks%252F00_start_here.ipynb
    """
    owner, name = repository.rstrip("/").removesuffix(".git").rsplit("/", 2)[-2:]
    pull = f"git-pull?{pull_query(repository, lesson_path(repository, lesson, app), branch)}"
    return f"{binder.rstrip('/')}/v2/gh/{owner}/{name}/{image}?{urlencode({'urlpath': pull}, quote_via=quote, safe='')}"


def lesson_path(repository: str, lesson: str, app: bool = False) -> str:
    """Where a pulled lesson opens: as one clean document, or as a page without code."""
    folder = repository.rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]
    return f"{'voila/render' if app else 'doc/tree'}/{folder}/notebooks/{lesson}.ipynb"


def pull_query(repository: str, path: str, branch: str) -> str:
    return urlencode({"repo": repository, "branch": branch, "urlpath": path}, quote_via=quote, safe="")


def main() -> None:
    parser = argparse.ArgumentParser(description="Print one link for each lesson.")
    parser.add_argument("hub", help="the address of the hub, or https://mybinder.org")
    parser.add_argument("repository", help="the address of the repository with the lessons")
    parser.add_argument("--branch", default="main")
    options = parser.parse_args()
    for lesson in sorted(file.stem for file in NOTEBOOKS.glob("*.ipynb")):
        link = binder_link if "mybinder" in options.hub else pull_link
        print(f"{lesson}\n  {link(options.hub, options.repository, lesson, options.branch)}")


if __name__ == "__main__":
    main()
