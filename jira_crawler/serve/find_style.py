"""How the page for searching looks."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1c2733; --faint: #5a6977; --line: #e1e6eb;
  --accent: #2f6f9f; --bad: #a8321f; --mark: #fff0b3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14191f; --card: #1d242c; --ink: #e4e9ee; --faint: #98a6b3; --line: #303a45;
    --accent: #6fb1de; --bad: #f2998a; --mark: #3d350a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#main:focus-visible { outline: none; }
.skip { position: absolute; left: -999em; }
.skip:focus { left: 20px; top: 8px; background: var(--card); padding: 4px 10px; }
header, main, footer { max-width: 900px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 24px; }
h1 { margin: 0 0 12px; font-size: 26px; line-height: 1.25; letter-spacing: -0.01em; }
form { display: flex; flex-wrap: wrap; gap: 10px 12px; align-items: end; }
form .asked { flex: 1 1 320px; min-width: 0; }
label { display: block; color: var(--faint); font-size: 13px; }
input { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--faint); border-radius: 8px;
  padding: 7px 12px; width: 100%; }
input::placeholder { color: var(--faint); opacity: 1; }
#quality { width: 104px; }
button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--faint);
  border-radius: 8px; padding: 7px 18px; cursor: pointer; }
main { padding-top: 16px; display: grid; gap: 14px; grid-template-columns: minmax(0, 1fr); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 18px; min-width: 0;
  overflow-wrap: anywhere; }
p { margin: 0; }
.bad { color: var(--bad); border-left: 6px solid var(--bad); }
.note, .about { color: var(--faint); font-size: 13px; }
.hits { list-style: none; margin: 0; padding: 0; display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
.hits h2 { margin: 0; font-size: 16px; line-height: 1.35; }
.hits p { margin-top: 4px; }
mark { background: var(--mark); color: inherit; border-radius: 3px; padding: 0 2px; }
details { margin-top: 6px; color: var(--faint); font-size: 13px; }
summary { cursor: pointer; width: fit-content; border-radius: 4px; }
.facets { display: grid; gap: 10px 18px; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); }
.facets h2 { margin: 0; font-size: 13px; color: var(--faint); font-weight: 600; }
.facets ul { list-style: none; margin: 0; padding: 0; max-height: 132px; overflow-y: auto; font-size: 14px; }
.facets span { color: var(--faint); font-size: 13px; font-variant-numeric: tabular-nums; }
.pages { display: flex; gap: 20px; }
footer { padding-top: 18px; padding-bottom: 28px; color: var(--faint); font-size: 13px; display: flex; flex-wrap: wrap;
  gap: 4px 18px; }
@media (max-width: 600px) {
  header, main, footer { padding-left: 12px; padding-right: 12px; }
  .facets { grid-template-columns: minmax(0, 1fr); gap: 6px; }
  .facets ul { display: flex; flex-wrap: wrap; gap: 0 14px; max-height: 76px; }
}
"""
