"""Looking into the memory of another Python process is not built. The names are here for `python -m asyncio`, whose prompt does without."""
from collections import namedtuple

PROCESS_VM_READV_SUPPORTED = False

FrameInfo = namedtuple("FrameInfo", "filename lineno funcname")


class RemoteUnwinder:
    """Would show the frames and tasks of the process `pid`."""

    def __init__(self, pid, *, all_threads=False, only_active_thread=False, debug=False):
        raise RuntimeError(f"_remote_debugging: Krait cannot look into another process (asked for process {pid})")
