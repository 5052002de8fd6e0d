/** How far a thing is that takes its time: in the page where it has a bar for it, else in a corner. */

import { LOCKED } from "./token";

/** After this many milliseconds without news a bar in the corner goes: whatever it was about ended in another way. */
const PATIENCE = 20_000;

const going = new WeakMap<Element, number>();

document.addEventListener(LOCKED, () => document.getElementById("progress")?.replaceChildren());

function inCorner(what: string): HTMLProgressElement | null {
  const place = document.getElementById("progress");
  const there = [...(place?.children ?? [])].find((one) => one instanceof HTMLElement && one.dataset["what"] === what);
  if (place === null || there) return there?.querySelector("progress") ?? null;
  const told = document.createElement("div");
  told.dataset["what"] = what;
  const words = document.createElement("bdi");
  words.textContent = what;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", what);
  told.append(words, bar);
  place.append(told);
  return bar;
}

function show(bar: HTMLProgressElement, done: number, total: number): void {
  bar.max = Math.max(1, total);
  bar.value = done;
}

/** Shows ``DONE TOTAL WHAT``; what is no more than an id is shown only where the page asks for it. */
export function showProgress(word: string): void {
  const [, done, total, what] = /^(\d+) (\d+) (.*)$/s.exec(word) ?? [];
  if (what === undefined) return;
  const bars = document.querySelectorAll<HTMLProgressElement>(`progress[data-progress="${CSS.escape(what)}"]`);
  for (const bar of bars) show(bar, Number(done), Number(total));
  if (bars.length > 0 || /^[0-9a-f]{32}$/.test(what)) return;
  const bar = inCorner(what);
  const told = bar?.parentElement;
  if (!bar || !told) return;
  show(bar, Number(done), Number(total));
  clearTimeout(going.get(told));
  going.set(told, setTimeout(() => told.remove(), Number(done) >= Number(total) ? 600 : PATIENCE));
}
