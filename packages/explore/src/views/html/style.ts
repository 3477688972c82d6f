/** The palette is that of the lab's report. */
export const STYLE = `
:root { --background: #fff; --page: #f5f6f8; --ink: #1c2330; --muted: #5b6574; --line: #dde1e7; --strong: #8b95a3; --accent: #0068a5; --bad: #a33c00; --bad-tint: #fdeee4; color-scheme: light; }
@media (prefers-color-scheme: dark) {
  :root { --background: #151a21; --page: #0d1117; --ink: #e8ebf0; --muted: #9aa5b4; --line: #2b343f; --strong: #6a7685; --accent: #5db7f0; --bad: #ff9d5c; --bad-tint: #33200f; color-scheme: dark; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "Liberation Sans", sans-serif; }
main { max-width: 75rem; margin: 0 auto; padding: 1rem 1rem 16rem; }
h1 { font-size: 1.4rem; line-height: 1.25; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 1.5rem 0 0.5rem; }
p { margin: 0.4rem 0; }
code, pre, .stack { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.85em; overflow-wrap: anywhere; }
.error { color: var(--bad); font-weight: 600; overflow-wrap: anywhere; white-space: pre-wrap; }
.token { background: var(--background); border: 1px solid var(--line); border-radius: 0.4rem; padding: 0.4rem 0.6rem; margin: 0.4rem 0; white-space: pre-wrap; user-select: all; }
.muted { color: var(--muted); font-size: 0.9rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 0.75rem; margin: 0.5rem 0; }
.card { background: var(--background); border: 1px solid var(--line); border-left: 0.3rem solid var(--bad); border-radius: 0.4rem; padding: 0.5rem 0.75rem; min-width: 0; }
.badge { flex: none; display: inline-grid; place-items: center; width: 1.35rem; height: 1.35rem; border-radius: 50%; background: var(--bad); color: var(--background); font-size: 0.8rem; font-weight: 700; }
.stack { display: block; overflow-wrap: anywhere; }
.stack > span { display: block; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; }
.legend span { display: inline-flex; align-items: center; gap: 0.4rem; }
.legend i { width: 1.75rem; border-top: 2px solid var(--strong); }
.legend .dashed { border-top-style: dashed; }
.legend .message { border-color: var(--accent); }
.scroll { overflow: auto; max-height: 92vh; background: var(--background); border: 1px solid var(--line); border-radius: 0.5rem; }
.lanes { display: grid; min-width: max-content; width: 100%; }
.head { position: sticky; top: 0; z-index: 2; background: var(--background); border-bottom: 1px solid var(--strong); padding: 0.4rem; font-weight: 600; text-align: center; align-self: stretch; max-height: 4.2rem; overflow: hidden; line-height: 1.25; font-size: 0.9rem; width: 0; min-width: 100%; overflow-wrap: anywhere; }
.corner { left: 0; z-index: 3; font-weight: 400; color: var(--muted); text-align: left; }
.name { unicode-bidi: isolate; }
.margin { position: sticky; left: 0; z-index: 1; display: flex; flex-direction: column; justify-content: center; padding-left: 0.5rem; background: var(--background); border-right: 1px solid var(--line); font-variant-numeric: tabular-nums; line-height: 1.2; }
.margin .ms { color: var(--muted); font-size: 0.75rem; }
.band { background: var(--bad-tint); }
/* Positioned, as the arrows are, so that it covers them; without a z-index, which would keep its details below later boxes. */
.step { position: relative; scroll-margin: 6rem; align-self: center; justify-self: center; display: grid; grid-template-columns: auto 1fr; align-items: center; width: calc(100% - 0.8rem); min-width: 0; height: 2.8rem; padding: 0.15rem 0.4rem; background: var(--background); border: 1px solid var(--strong); border-radius: 0.4rem; font-size: 0.8rem; line-height: 1.25; cursor: default; }
.step > span:not(.badge, .details) { grid-column: 2; width: 0; min-width: 100%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: isolate; }
.step > .badge { grid-row: 1 / 3; margin-right: 0.4rem; }
.step .to { color: var(--muted); }
.step.end { border-bottom-width: 0.25rem; }
.step.critical { border: 2px solid var(--bad); }
.step:hover, .step:focus { outline: 3px solid var(--accent); outline-offset: 1px; }
.line { width: 0; margin: 1.75rem 0 1.75rem -1px; border-left: 2px solid var(--strong); }
.line.waiting { border-left-style: dashed; }
.line.ready { border-color: var(--accent); }
.arrow { align-self: center; position: relative; height: 0; border-top: 2px solid var(--accent); }
.arrow::after { content: ""; position: absolute; top: -6px; border: 5px solid transparent; }
.arrow.to-right::after { right: 1px; border-left: 8px solid var(--accent); border-right: 0; }
.arrow.to-left::after { left: 1px; border-right: 8px solid var(--accent); border-left: 0; }
.left-out { border-block: 1px dashed var(--line); background: var(--page); color: var(--muted); font-size: 0.8rem; align-self: stretch; display: flex; align-items: center; }
.left-out span { position: sticky; left: 0.5rem; }
.details { display: none; position: fixed; z-index: 10; inset: auto 0 0 0; max-height: 46vh; overflow: auto; padding: 0.75rem max(1rem, calc((100vw - 73rem) / 2)); background: var(--background); color: var(--ink); border-top: 3px solid var(--accent); box-shadow: 0 -0.25rem 1rem rgb(0 0 0 / 0.25); font-size: 0.9rem; line-height: 1.4; }
.step:focus .details { display: block; }
.step:hover .details { display: block; z-index: 11; }
.entry { display: grid; grid-template-columns: minmax(7rem, 11rem) 1fr; gap: 0.75rem; padding-top: 0.2rem; overflow-wrap: anywhere; }
.term { color: var(--muted); }
a { color: var(--accent); }
summary { cursor: pointer; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.85rem; background: var(--background); margin-top: 0.5rem; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.6rem; border: 1px solid var(--line); }
tr.critical { background: var(--bad-tint); }
`;
