"""How many issues to ask for at once: fewer after a page that was slow or large, more again after good ones."""

from __future__ import annotations

# A page that does not come is asked for in so many parts: each part that fails, too, may cost a timeout, and each that
# comes costs what a page costs. With fewer parts there are more of the former, with more of the latter.
PARTS = 8


class PageSize:
    """Holds the size of the next page between 1 and `most`; less on trouble, and it grows back by a half."""

    def __init__(self, most: int, seconds: float, size: int):
        self.most, self._seconds, self._bytes = most, seconds, size
        self.next = most
        self._before = 0  # the size of the page that failed first of those that are being asked for in parts

    def saw(self, asked: int, allowed: int, seconds: float, size: int) -> bool:
        """Learns from a page; tells whether the tracker has shown a limit of its own that is news to us.

        `asked` and `allowed` are page sizes in issues (allowed 0: not told), `seconds` its latency, `size` its bytes.
        """
        news = 0 < allowed < min(asked, self.most)
        if news:
            self.most = allowed
        if seconds > self._seconds or size > self._bytes:
            self.next = min(self.next, max(1, min(asked, self.most) // 2))
        else:
            self.next = self.next + self.next // 2 + 1
        self.next = min(self.next, self.most)
        return news

    def failed(self, asked: int) -> int:
        """Learns from a page that never came, and gives the size of the parts to ask for; 0 if it was one issue."""
        asked = min(asked, self.most)  # more would not have come anyway
        smaller = max(1, asked // PARTS) if asked > 1 else 0
        self._before = max(self._before, asked)
        self.next = min(self.next, max(1, smaller))
        return smaller

    def blamed(self) -> None:
        """Learns that one issue kept the page from coming, and not its size."""
        self.next, self._before = min(max(self.next, self._before), self.most), 0
