"""Links that open a lesson on a hub, with the newest content in the student's own folder (nbgitpuller).

python deploy/links.py https://hub.example.org https://github.com/OWNER/jdm_teach
"""

from __future__ import annotations

import argparse
from pathlib import Path
from urllib.parse import quote, urlencode

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


def pull_link(hub: str, repository: str, lesson: str, branch: str = "main") -> str:
    """The address that fetches the repository into the student's home and opens one lesson as one document.

    Changed lessons are merged with what the student wrote; a student's own changes always win.

    >>> print(pull_link("https://hub.example.org/", "https://github.com/OWNER/jdm_teach", "00_start_here"))
    https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2FOWNER%2Fjdm_teach&branch=main&urlpath=doc%2Ftree%2Fjdm_teach%2Fnotebooks%2F00_start_here.ipynb
    """
    folder = repository.rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]
    query = {
        "repo": repository,
        "branch": branch,
        "urlpath": f"doc/tree/{folder}/notebooks/{lesson}.ipynb",
    }
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{urlencode(query, quote_via=quote, safe='')}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Print one link for each lesson.")
    parser.add_argument("hub", help="the address of the hub")
    parser.add_argument("repository", help="the address of the repository with the lessons")
    parser.add_argument("--branch", default="main")
    options = parser.parse_args()
    for lesson in sorted(file.stem for file in NOTEBOOKS.glob("*.ipynb")):
        print(f"{lesson}\n  {pull_link(options.hub, options.repository, lesson, options.branch)}")


if __name__ == "__main__":
    main()
