"""Which issues are in benchmarks that models are tested with: keys alone, as facts, each list with its source."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import urlsplit


class Benchmark(NamedTuple):
    """A list of issues of one tracker: its `host`, and the numbers of the keys of each project."""

    name: str
    source: str
    host: str
    numbers: Mapping[str, str]


DEFECTS4J: Final = Benchmark(
    "defects4j",
    "github.com/rjust/defects4j, framework/projects/*/active-bugs.csv, report.id, as read in November 2026",
    "issues.apache.org",
    {
        "CLI": "1 13 51 61 121 123 133 144 149 150 151 156 158 162 163 164 165 177 182 185 193 201 203 205 207 215"
        " 252 265 266 274 282",
        "CODEC": "65 77 84 89 98 99 101 105 112 117 121 130 184 187 199 200 229 231",
        "COLLECTIONS": "566 576 580 586",
        "COMPRESS": "11 28 64 87 94 113 114 160 164 171 176 178 181 187 191 197 203 228 236 252 253 256 262 264 277 278"
        " 279 301 306 309 314 316 321 335 348 351 355 356 363 367 379 394 411 412 416 436",
        "CSV": "58 75 96 100 106 111 112 114 118 120 122 128 168 171 219 224",
        "JXPATH": "12 50 68 83 89 93 94 95 97 100 102 109 114 115 125 149 151 154",
        "LANG": "59 259 281 292 294 295 299 300 303 304 315 328 346 363 365 368 380 393 412 419 421 432 457 477 480"
        " 521 535 538 552 567 571 586 587 607 617 624 636 638 645 658 662 664 677 693 703 710 719 720 746 747"
        " 775 786 788 805 807 818 822 831 832 857 865 882",
        "MATH": "60 85 166 167 175 198 200 204 209 221 227 238 240 241 243 252 259 272 273 274 280 283 286 288 305"
        " 308 318 320 322 326 329 338 343 344 349 358 362 369 370 371 377 393 395 405 413 414 482 519 546 552"
        " 554 567 618 631 639 645 657 679 691 695 704 713 716 718 722 727 728 744 776 778 779 780 781 789 790"
        " 803 828 835 836 844 855 859 864 865 867 904 905 924 927 929 934 935 938 942 949 950 988 996 1005"
        " 1021",
    },
)
BENCHMARKS: Final = (DEFECTS4J,)
_KEYS: Final = {
    each.name: (
        each.host,
        frozenset(f"{project}-{number}" for project, n in each.numbers.items() for number in n.split()),
    )
    for each in BENCHMARKS
}


@lru_cache(maxsize=8)
def benchmarks_of(key: str, url: str) -> tuple[str, ...]:
    """The names of the benchmarks that hold the issue with this key and page, in alphabetical order.

    Another tracker may have issues of the same keys, so its host is looked at, too.
    """
    holding = [(name, host) for name, (host, keys) in sorted(_KEYS.items()) if key in keys]
    return tuple(name for name, host in holding if urlsplit(url).hostname == host) if holding else ()
