"""Renew the branch that Binder builds: what decides the image and nothing else, so that an edited lesson never rebuilds it.

    python tools/binder_branch.py && git push origin environment

Binder builds an image anew for every new commit of the branch it is given. Lessons, package and data are pulled from
`main` when a session starts (the links of `deploy/links.py`); this branch gets a commit only when `binder/` or `app/`
changed. The checkout and its index are left as they are.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BRANCH = "environment"
CARRIED = ("binder", "app", "LICENSE")


def git(repository: Path, *command: str, text: str | None = None, **settings: str) -> str:
    done = subprocess.run(
        ["git", *command], cwd=repository, input=text, capture_output=True, text=True, check=False,
        env={**os.environ, **settings},
    )  # fmt: skip
    if done.returncode:
        raise ValueError(f"git {command[0]} refused: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout.strip()


def tree_of_the_image(repository: Path, source: str) -> str:
    """The id of a tree that holds only what the image is made from, as committed in `source`."""
    files = git(repository, "ls-tree", "-r", source, "--", *CARRIED)
    with tempfile.TemporaryDirectory() as folder:
        index = str(Path(folder) / "index")
        git(repository, "update-index", "--index-info", text=files + "\n", GIT_INDEX_FILE=index)
        return git(repository, "write-tree", GIT_INDEX_FILE=index)


def renew(repository: Path = ROOT, source: str = "HEAD", branch: str = BRANCH) -> bool:
    """Put the image's files of `source` on the branch; returns False, and commits nothing, when they stand there already."""
    tree = tree_of_the_image(repository, source)
    known = git(repository, "branch", "--list", "--format=%(objectname)", branch)
    if known and git(repository, "rev-parse", f"{known}^{{tree}}") == tree:
        return False
    parent = ["-p", known] if known else []
    message = f"Binder's image as of {git(repository, 'rev-parse', '--short', source)}"
    commit = git(repository, "commit-tree", tree, *parent, "-m", message)
    git(repository, "update-ref", f"refs/heads/{branch}", commit, known or "0" * len(commit))
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description="Renew the branch that Binder builds its image from.")
    parser.add_argument("--from", dest="source", default="HEAD", help="the commit whose files are taken")
    try:
        renewed = renew(source=parser.parse_args().source)
    except ValueError as refusal:
        print(refusal)
        return 1
    print(f"{BRANCH}: {'renewed, push it' if renewed else 'up to date, no image is built'}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
