/**
 * What is told to whoever does not see that the page has changed: the words in `data-heard` of an element, whenever
 * they are others than before, or new, on the page that is shown. Those of a `data-alarm` are told at once and on every
 * page, all others when nothing else is being read. Each change is told once, and nothing while somebody types.
 */

import htmx from "htmx.org";

import { bringsPage } from "./requests";
import { main } from "./shell";
import { LOCKED } from "./token";

/** Milliseconds after which what was told is gone: it may be what its reader shall not read any more. */
const READ = 5000;

/** What was told last, by the id of what tells it. */
let known = new Map<string, string>();
let told: number | undefined;

function tell(place: "heard" | "alarm", words: string): void {
  document.getElementById(place)?.replaceChildren(words);
  clearTimeout(told);
  told = setTimeout(forget, READ);
}

function forget(): void {
  for (const place of ["heard", "alarm"]) document.getElementById(place)?.replaceChildren();
}

function listen(fresh: boolean): void {
  const before = known;
  known = new Map();
  const news: string[] = [];
  for (const one of main().querySelectorAll<HTMLElement>("[data-heard]")) {
    const words = one.dataset["heard"] ?? "";
    known.set(one.id, words);
    if (!words || before.get(one.id) === words) continue;
    if (one.hasAttribute("data-alarm")) tell("alarm", words);
    else if (!fresh) news.push(words);
  }
  if (news.length > 0) tell("heard", news.join(" "));
}

/** Tells what changes from now on, and what a form that takes its time is busy with. */
export function tellChanges(): void {
  htmx.on("htmx:after:swap", ({ detail: { ctx } }) => listen(bringsPage(ctx)));
  htmx.on("htmx:before:request", ({ detail: { ctx } }) => {
    const busy = ctx.sourceElement.querySelector(":scope .busy")?.textContent;
    if (ctx.sourceElement instanceof HTMLFormElement && busy) tell("heard", busy);
  });
  document.addEventListener(LOCKED, () => known.clear());
}
