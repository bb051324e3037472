"""The command `jdm-teach`: open the course, serve the app page, check an installation, and run a session.

Each sub-command loads what it needs when it is chosen. A mistake gets one sentence and exit code 2.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Timer

from . import __version__
from .place import data_folder, lessons_folder

__all__ = ["main"]

FIRST = "00_start_here.ipynb"


def copy_lessons(target: Path) -> tuple[int, int]:
    """Copy the lessons into a folder; what is there already stays as it is. Returns (copied, kept)."""
    target.mkdir(parents=True, exist_ok=True)
    copied = kept = 0
    for lesson in sorted(lessons_folder().glob("*.ipynb")):
        wanted = target / lesson.name
        # A link that leads nowhere counts as there: copying would write where it points to.
        if os.path.lexists(wanted):
            kept += 1
            continue
        part = target / f".{lesson.name}.part"
        try:
            # Whole or not at all: half a lesson would be kept as somebody's own from then on.
            shutil.copyfile(lesson, part)
            part.replace(wanted)
        finally:
            part.unlink(missing_ok=True)
        copied += 1
    return copied, kept


def need(module: str, what: str) -> None:
    if importlib.util.find_spec(module) is None:
        raise ValueError(
            f"{what} is not installed here. Install it with `pip install {module}` and try again."
        )


def open_course(options: argparse.Namespace) -> int:
    target = Path(options.folder).expanduser()
    copied, kept = copy_lessons(target)
    print(f"{copied} lessons copied to {target}; {kept} that were there already are unchanged.")
    if options.copy_only:
        return 0
    need("jupyterlab", "JupyterLab")
    return subprocess.call(
        [sys.executable, "-m", "jupyterlab", f"--notebook-dir={target}", str(target / FIRST)]
    )


def serve_app(options: argparse.Namespace) -> int:
    need("voila", "Voilà, which serves the app page,")
    folder = Path(options.folder).expanduser() if options.folder else lessons_folder()
    address = f"http://localhost:{options.port}/voila/render/{FIRST}"
    print(f"The course begins at {address}")
    if not options.no_browser:
        Timer(3, webbrowser.open, [address]).start()
    command = [sys.executable, "-m", "voila", str(folder), f"--port={options.port}", "--no-browser"]
    return subprocess.call([*command, "--show_tracebacks=False"])


def check_installation(_options: argparse.Namespace) -> int:
    """Read all data and questions once; every rule they must keep is checked on the way."""
    from .evidence import extract_facts
    from .exercises import bank

    lines = [
        f"jdm_teach {__version__} on Python {sys.version.split()[0]}",
        f"data: {data_folder()}",
        f"{len(extract_facts())} extract facts, {len(bank.items())} questions, {len(bank.forms())} quiz forms read and checked",
    ]
    print("\n".join(lines))
    return 0


def write(target: Path, text: str | bytes, *, force: bool) -> None:
    if target.exists() and not force:
        raise ValueError(
            f"{target} exists already and was left as it is. Choose another folder, or add --force."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    print(f"wrote {target}")


def print_runsheet(options: argparse.Namespace) -> int:
    from .session import handout
    from .session.runsheet import sheet

    run = sheet(options.sheet)
    if not options.print:
        for block in run.blocks:
            votes = ", ".join(vote.item for vote in block.votes)
            print(f"{block.start:02d}-{block.end:02d}  {block.what}" + (f"  [{votes}]" if votes else ""))
        print(f"{run.minutes} minutes, {len(run.votes())} votes; everything adds up.")
        return 0
    folder = Path(options.folder).expanduser()
    html = handout.sheet_html(run)
    write(folder / f"runsheet_{run.id}.html", html, force=options.force)
    write(folder / "answer_cards.html", handout.cards_html(), force=options.force)
    try:
        print(f"wrote {handout.sheet_pdf(html, folder / f'runsheet_{run.id}.pdf')}")
    except ValueError as missing:
        print(missing)
    return 0


def make_report(options: argparse.Namespace) -> int:
    from .session.report import report_of_file

    made = report_of_file(options.record)
    folder = Path(options.folder).expanduser()
    write(folder / "jdm_report.html", made.page(), force=options.force)
    write(folder / "jdm_report.json", made.json(), force=options.force)
    return 0


def open_room(options: argparse.Namespace) -> int:
    missing = [
        name
        for name in ("starlette", "uvicorn", "sqlalchemy", "segno")
        if importlib.util.find_spec(name) is None
    ]
    if missing:
        raise ValueError(
            f'The room needs more packages ({", ".join(missing)}). Install them with `pip install "jdm-teach[room]"`.'
        )
    from .room.serve import open_room

    return open_room(
        options.sheet,
        port=options.port,
        lan=options.lan,
        database=options.database,
        keep=options.keep,
        code=options.room,
        address=options.address,
    )


def merge_records(options: argparse.Namespace) -> int:
    from .session.aggregate import aggregate
    from .session.group_page import counts_sentence, group_page
    from .session.overview import overview

    found = aggregate(options.records)
    print(*found.problems, counts_sentence(found), sep="\n")
    if found.people is not None:
        for do, listed in overview(found).parts():
            print(f"{do}:", *(f"  {line}" for line in listed), sep="\n")
    folder = Path(options.to).expanduser()
    write(folder / "jdm_group.html", group_page(found), force=options.force)
    write(folder / "jdm_group.json", json.dumps(found.as_dict(), indent=1), force=options.force)
    return 0


def export(options: argparse.Namespace) -> int:
    from .session.export import export_bank, export_record

    if options.to == "xapi":
        if not options.record:
            raise ValueError("Name the record to export: jdm-teach export --to xapi jdm_record_….jsonl")
        made = export_record(options.record)
    else:
        made = export_bank(options.to)
    write(Path(options.folder).expanduser() / made.name, made.content, force=options.force)
    print(f"{made.entries} entries.")
    if made.notes:
        print("What this format cannot carry:", *(f"- {note}" for note in made.notes), sep="\n")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="jdm-teach", description="An executable journal club on nine children."
    )
    top.add_argument("--version", action="version", version=f"jdm-teach {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")

    def add(name: str, does: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=does, description=does)
        sub.set_defaults(run=run)
        return sub

    sub = add("open", "copy the lessons to a folder and open them in JupyterLab", open_course)
    sub.add_argument(
        "folder", nargs="?", default="jdm_lessons", help="where the lessons go (default: jdm_lessons)"
    )
    sub.add_argument("--copy-only", action="store_true", help="copy the lessons and stop")
    sub = add("app", "serve the lessons as pages without code (Voilà)", serve_app)
    sub.add_argument("folder", nargs="?", help="a folder with lessons (default: those of the package)")
    sub.add_argument("--port", type=int, default=8866)
    sub.add_argument("--no-browser", action="store_true")
    sub = add("runsheet", "check a run sheet, or print it with answer cards", print_runsheet)
    sub.add_argument("sheet", help="45, 60, 90, or a file of your own")
    sub.add_argument(
        "--print", action="store_true", help="write printable pages (and a PDF where a Chromium is present)"
    )
    sub.add_argument("--folder", default=".", help="where the pages go")
    sub.add_argument("--force", action="store_true", help="replace pages that exist")
    sub = add("report", "make a printable report of a downloaded record", make_report)
    sub.add_argument("record", help="the file, such as jdm_record_….jsonl")
    sub.add_argument("--folder", default=".", help="where the report goes")
    sub.add_argument("--force", action="store_true", help="replace a report that exists")
    sub = add("room", "open a room in which a group votes with its phones", open_room)
    sub.add_argument("--sheet", default="60", help="45, 60, 90, or a file of your own (default: 60)")
    sub.add_argument("--port", type=int, default=8060)
    sub.add_argument("--lan", action="store_true", help="let everybody in this network reach the room")
    sub.add_argument(
        "--address",
        default="",
        metavar="URL",
        help="what people type when a proxy leads to the room, such as https://votes.example.org",
    )
    sub.add_argument(
        "--database",
        default="",
        metavar="URL",
        help="sqlite:///… or postgresql://… (default: a file in this folder)",
    )
    sub.add_argument(
        "--keep",
        action="store_true",
        help="write the votes to a JSON file, which merge can read, before they are deleted",
    )
    sub.add_argument("--room", default="", metavar="CODE", help="go on with a room that was not closed")
    sub = add(
        "merge",
        "read a folder of records, or a room's votes, and show what the group answered",
        merge_records,
    )
    sub.add_argument("records", help="the folder with the downloaded records or jdm_room_….json")
    sub.add_argument("--to", default=".", help="where jdm_group.html and jdm_group.json go")
    sub.add_argument("--force", action="store_true", help="replace pages that exist")
    sub = add("export", "write the questions or a record in another system's format", export)
    sub.add_argument(
        "--to", required=True, choices=("moodle", "qti", "xapi"), help="Moodle XML, QTI 3 or xAPI"
    )
    sub.add_argument("record", nargs="?", help="for xapi: the record to export")
    sub.add_argument("--folder", default=".", help="where the file goes")
    sub.add_argument("--force", action="store_true", help="replace a file that exists")
    add("check", "read and check all data and questions", check_installation)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command; returns its exit code."""
    options = parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, OSError) as error:
        print(f"jdm-teach: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    raise SystemExit(main())
