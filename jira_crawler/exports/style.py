"""How the page of statistics looks, by day and by night."""

from __future__ import annotations

from typing import Final

STYLE: Final = """\
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1c2733; --faint: #667585; --line: #e1e6eb; --accent: #2f6f9f;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #14191f; --card: #1d242c; --ink: #e4e9ee; --faint: #98a6b3; --line: #303a45; --accent: #6fb1de; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1260px; margin: 0 auto; padding: 24px 20px 48px; display: grid; gap: 16px;
  grid-template-columns: repeat(2, minmax(0, 1fr)); align-items: start; }
header, .tiles, .wide { grid-column: 1 / -1; }
h1 { margin: 0; font-size: 28px; letter-spacing: -0.01em; }
h2 { margin: 0 0 8px; font-size: 16px; }
header p { margin: 4px 0 0; color: var(--faint); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 12px; }
.tiles div, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tiles div { padding: 12px 16px; }
.tiles strong { display: block; font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
.tiles span, .note { color: var(--faint); font-size: 13px; }
.note { margin: -4px 0 10px; }
.card { padding: 16px 20px 18px; height: 100%; overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { font-weight: 400; text-align: left; }
thead th { color: var(--faint); font-size: 12px; padding-bottom: 4px; white-space: nowrap; }
.figures thead th { white-space: normal; vertical-align: bottom; padding-left: 12px; }
.figures thead th:first-child { padding-left: 0; }
.bars th:first-child { width: 1%; max-width: 300px; white-space: nowrap; overflow: hidden;
  text-overflow: ellipsis; padding-right: 12px; }
.bars thead th:last-child, .figures thead th + th { text-align: right; }
td { padding: 3px 0; }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; padding-left: 12px; width: 1%; }
.bars .n + .n { color: var(--faint); }
.bar { height: 14px; min-width: 2px; border-radius: 3px; background: var(--accent); }
.scroll { overflow-x: auto; }
.figures tbody tr { border-top: 1px solid var(--line); }
.figures .n { width: auto; }
svg { display: block; width: 100%; height: auto; }
.wide svg { min-width: 720px; }
.column { fill: var(--accent); }
.column:hover { opacity: 0.7; }
.grid { stroke: var(--line); }
.tick, .axis { fill: var(--faint); font: 11px system-ui, sans-serif; }
@media (max-width: 820px) { main { grid-template-columns: minmax(0, 1fr); } }
@media print { body { background: #fff; } .card { break-inside: avoid; } }
"""
