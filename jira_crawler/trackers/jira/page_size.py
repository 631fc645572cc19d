"""How many issues to ask for at once: fewer after a page that was slow or large, more again after good ones."""

from __future__ import annotations


class PageSize:
    """Holds the size of the next page between 1 and `most`; halves on trouble, and grows back by a half."""

    def __init__(self, most: int, seconds: float, size: int):
        self.most, self._seconds, self._bytes = most, seconds, size
        self.next = most

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
        """Learns from a page that never came, and gives the size to try it again with; 0 if it was one issue."""
        self.next = min(self.next, max(1, asked // 2))
        return asked // 2
