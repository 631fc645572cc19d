"""What goes wrong with which file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from fake_server import BadOption

NAMES = (
    "login_page",  # the form to log in, with status 200
    "login_redirect",  # a way to that form
    "gone",
    "forbidden",
    "elsewhere",  # a way to somebody else
    "no_length",  # nobody says how long it is
    "endless",  # nor does it end
    "huge",  # it says that it has two gigabytes, and has
    "half",  # half of it, and nothing in the transfer says so
    "drop",  # the connection breaks in the middle, the first time
    "hang",  # nothing comes any more in the middle, the first time
    "no_range",  # all of it comes, whatever was asked for
    "wrong_part",  # another part comes than was asked for
    "packed",  # as gzip, though nobody wants that
)
ALL = "*"


class FileFaults:
    """May be changed while a sandbox runs: names of faults by the id of a file, or for all of them."""

    def __init__(self, switches: Iterable[str] = ()) -> None:
        self.by_id: defaultdict[str, set[str]] = defaultdict(set)
        self.met: set[tuple[str, str]] = set()
        for switch in switches:
            name, _, id_ = switch.partition("=")
            if name not in NAMES or not (id_ == ALL or id_.isdigit()):
                raise BadOption(f"--file-fault {switch}: write NAME=ID or NAME=*; names are {', '.join(NAMES)}.")
            self.by_id[id_].add(name)

    def of(self, id_: str) -> set[str]:
        """Names what goes wrong with a file."""
        return self.by_id.get(id_, set()) | self.by_id.get(ALL, set())

    def once(self, id_: str, name: str) -> bool:
        """Whether a fault that comes once has its turn now."""
        if name not in self.of(id_) or (id_, name) in self.met:
            return False
        self.met.add((id_, name))
        return True
