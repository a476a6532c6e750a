"""Where the servers of the tests keep what no test run outlives."""

import os
import shutil
from pathlib import Path

IN_MEMORY = Path("/dev/shm")  # noqa: S108 -- a private folder is made in it
ROOM = 2 * 1024**3
"""Bytes that must be free there: two servers at work take a tenth of it."""


def quick_folder() -> Path | None:
    """Name a folder in memory that has room and runs programs; None: as usual.

    Every test has a database of its own, 640 files: on a disk that is busy they cost
    half a second to make, in memory 20 ms.
    """
    if not (IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK)):
        return None
    # PostgreSQL's programs are copied beside the data when its user cannot reach them.
    runs_programs = not os.statvfs(IN_MEMORY).f_flag & os.ST_NOEXEC
    roomy = shutil.disk_usage(IN_MEMORY).free >= ROOM
    return IN_MEMORY if runs_programs and roomy else None
