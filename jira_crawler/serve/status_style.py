"""How the page of a live crawl looks, by day and by night, and what brings it up to date in a browser."""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #ffffff; --ink: #1c2733; --faint: #5a6977; --line: #e1e6eb;
  --accent: #2f6f9f; --good: #1f6f43; --bad: #a8321f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14191f; --card: #1d242c; --ink: #e4e9ee; --faint: #98a6b3; --line: #303a45;
    --accent: #6fb1de; --good: #79c79a; --bad: #f2998a;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.skip { position: absolute; left: -999em; }
.skip:focus { left: 20px; top: 8px; background: var(--card); padding: 4px 10px; }
header, main, footer { max-width: 1260px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 24px; display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; }
h1 { flex: 1 1 200px; min-width: 0; }
header > p, header > noscript { flex-basis: 100%; }
header > p:empty { display: none; }
h1 { margin: 0; font-size: 26px; line-height: 1.25; letter-spacing: -0.01em; overflow-wrap: anywhere; }
header p { margin: 0; color: var(--faint); overflow-wrap: anywhere; }
button { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--faint);
  border-radius: 8px; padding: 6px 14px; min-width: 92px; cursor: pointer; }
form { flex-basis: 100%; display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: end; }
form div { flex: 1 1 260px; min-width: 0; max-width: 620px; }
label { display: block; color: var(--faint); font-size: 13px; }
input { font: inherit; color: var(--ink); background: var(--card); border: 1px solid var(--faint); border-radius: 8px;
  padding: 6px 12px; width: 100%; }
input::placeholder { color: var(--faint); opacity: 1; }
main { padding-top: 16px; display: grid; gap: 16px; grid-template-columns: repeat(2, minmax(0, 1fr)); }
.wide { grid-column: 1 / -1; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 20px 18px;
  min-width: 0; }
h2 { margin: 0 0 10px; font-size: 16px; }
h3 { margin: 16px 0 4px; font-size: 14px; }
p { margin: 0; }
.state { border-left: 6px solid var(--good); padding: 12px 20px; }
.state.bad { border-left-color: var(--bad); }
.state p { font-weight: 600; overflow-wrap: anywhere; }
.state .trouble { margin: 4px 0 0; }
.card > .note { margin-bottom: 12px; }
.note, caption { color: var(--faint); font-size: 13px; }
caption { text-align: left; padding-bottom: 6px; }
caption span { display: block; max-width: calc(100vw - 84px); }
.steps + .scroll { margin-top: 18px; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.steps { list-style: none; margin: 0; padding: 0; display: grid; gap: 12px 0;
  grid-template-columns: repeat(4, minmax(0, 1fr)); }
.steps li { padding: 0 16px; border-left: 1px solid var(--line); }
.steps li:first-child { padding-left: 0; border-left: 0; }
.steps span { display: block; color: var(--faint); font-size: 13px; }
.steps strong { display: block; font-size: 22px; font-weight: 600; line-height: 1.3;
  font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline-offset: 4px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th { font-weight: 400; text-align: left; }
thead th { color: var(--faint); font-size: 12px; vertical-align: bottom; }
th, td { padding: 4px 0 4px 16px; vertical-align: top; }
th:first-child, td:first-child { padding-left: 0; }
tbody tr { border-top: 1px solid var(--line); }
th, td { white-space: nowrap; }
.n { text-align: right; }
.n + td:not(.n), .n + th:not(.n) { padding-left: 32px; }
.long { min-width: 180px; white-space: normal; overflow-wrap: anywhere; }
.key { white-space: nowrap; }
.name { min-width: 84px; max-width: 34ch; white-space: normal; overflow-wrap: anywhere; }
dl { margin: 0; display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 4px 16px; font-size: 14px; }
dt { color: var(--faint); }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
svg { display: block; width: 100%; height: 72px; border-bottom: 1px solid var(--faint); }
rect { fill: var(--accent); }
.axis { display: flex; justify-content: space-between; color: var(--faint); font-size: 12px; margin-bottom: 14px; }
.trouble { margin: 0 0 10px; padding-left: 18px; overflow-wrap: anywhere; }
footer { padding: 16px 20px 40px; color: var(--faint); font-size: 13px; display: flex; flex-wrap: wrap; gap: 4px 16px; }
@media (max-width: 820px) {
  main { grid-template-columns: minmax(0, 1fr); }
  .steps { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .steps li:nth-child(odd) { padding-left: 0; border-left: 0; }
}
@media (max-width: 480px) {
  header, main, footer { padding-left: 12px; padding-right: 12px; }
  h1 { font-size: 20px; }
  .card { padding: 14px 14px 16px; }
  th, td { padding-left: 10px; }
  .n + td:not(.n), .n + th:not(.n) { padding-left: 20px; }
  .long { min-width: 120px; }
  caption span { max-width: calc(100vw - 56px); }
  .steps strong { font-size: 18px; }
  .steps li { padding: 0 0 0 12px; }
}
"""

# What came is laid over what is there, node by node: what has the focus, is selected or scrolled stays so.
SCRIPT: Final = """
(() => {
  "use strict";
  const connection = document.getElementById("connection"), button = document.getElementById("hold");
  let source = null, held = false, waiting = {}, lost = false;

  function lay(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) { old.replaceWith(fresh); return; }
    if (old.nodeType !== Node.ELEMENT_NODE) { if (old.data !== fresh.data) old.data = fresh.data; return; }
    for (const each of [...old.attributes]) if (!fresh.hasAttribute(each.name)) old.removeAttribute(each.name);
    for (const each of fresh.attributes)
      if (old.getAttribute(each.name) !== each.value) old.setAttribute(each.name, each.value);
    const before = [...old.childNodes], after = [...fresh.childNodes];
    after.forEach((child, at) => at < before.length ? lay(before[at], child) : old.append(child));
    before.slice(after.length).forEach(child => child.remove());
  }
  function show(parts) {
    for (const [id, html] of Object.entries(parts)) {
      const made = document.createElement("template");
      made.innerHTML = html;
      const old = document.getElementById(id);
      if (old) lay(old, made.content.firstElementChild);
    }
  }
  function say(sentence) { if (connection.textContent !== sentence) connection.textContent = sentence; }
  function connect() {
    if (source || document.hidden) return;
    source = new EventSource("events");
    source.onmessage = event => {
      Object.assign(waiting, JSON.parse(event.data));
      if (held) return;
      if (lost) { lost = false; say(""); }
      show(waiting);
      waiting = {};
    };
    source.onerror = () => {
      if (!lost && !held) say("Nothing comes any more: what is shown is as it was. It is tried again.");
      lost = true;
      if (source && source.readyState === EventSource.CLOSED) { leave(); setTimeout(connect, 5000); }
    };
  }
  function leave() { if (source) source.close(); source = null; }
  button.hidden = false;
  button.onclick = () => {
    held = !held;
    button.textContent = held ? "Go on" : "Pause";
    say(held ? "Paused: what is shown is as it was." : "");
    if (!held) { show(waiting); waiting = {}; lost = false; }
  };
  document.addEventListener("visibilitychange", () => document.hidden ? leave() : connect());
  addEventListener("pagehide", leave);
  addEventListener("pageshow", connect);
  connect();
})();
"""
