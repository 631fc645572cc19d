"""What a browser is asked of a page: what can be told from what is behind it, and where the keyboard is."""

from __future__ import annotations

# Text against what is behind it, by the formula of WCAG 2; and what is drawn against the card that it is drawn on.
CONTRASTS = """() => {
  const channels = said => said.match(/[\\d.]+/g).map(Number);
  const bright = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const [r, g, b, a = 1] = channels(getComputedStyle(each).backgroundColor);
      if (a === 1) return [r, g, b];
    }
  };
  const ratio = (one, other) => {
    const [light, dark] = [bright(one), bright(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement, style = getComputedStyle(element);
    if (!texts.currentNode.data.trim() || !element.getClientRects().length) continue;
    found.push([ratio(channels(style.color), behind(element)), texts.currentNode.data]);
  }
  const bars = document.querySelector("svg");
  if (bars)
    found.push([1.5 * ratio(channels(getComputedStyle(bars.querySelector("rect")).fill), behind(bars)), "bars"]);
  return found;
}"""
FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const name = element.getAttribute("aria-label") || element.textContent.trim();
  return [name, getComputedStyle(element).outlineStyle, element.getBoundingClientRect().width > 0];
}"""
