/** Where the keyboard is: at the beginning of a new page, and never nowhere when something it was on has gone. */

import htmx from "htmx.org";

import { bringsPage } from "./requests";
import { content, main } from "./shell";

/** What the keyboard was on before a swap, and what that stood in, from within. */
let path: Element[] = [];

function isNowhere(): boolean {
  const at = document.activeElement;
  return at === null || at === document.body || at.matches(":disabled");
}

function around(element: Element | null): Element[] {
  const found: Element[] = [];
  for (let at = element; at !== null && main().contains(at); at = at.parentElement) found.push(at);
  return found;
}

/** Puts the keyboard on an element, also on one that is no field or link. Returns whether it is there now. */
export function putOn(element: HTMLElement): boolean {
  element.focus({ preventScroll: true });
  if (document.activeElement !== element) {
    element.tabIndex = -1;
    element.focus({ preventScroll: true });
  }
  return document.activeElement === element;
}

/** Goes to what is left of where the keyboard was; what has neither an id nor a name says nothing to anybody. */
function findBack(): void {
  for (const one of path) {
    const says = one === path[0] || one.matches("[id], [aria-labelledby], [aria-label]");
    if (one instanceof HTMLElement && one.isConnected && says && !one.matches(":disabled") && putOn(one)) return;
  }
  putOn(content());
}

/** Escape closes what was opened around the keyboard, and stays at what opens it again. */
function closeAround(event: KeyboardEvent): void {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || !(event.target instanceof Element)) return;
  const opened = event.target.closest<HTMLDetailsElement>("details[open]");
  if (opened === null) return;
  opened.open = false;
  opened.querySelector<HTMLElement>(":scope > summary")?.focus();
}

/** Takes care of where the keyboard is. */
export function keepFocus(): void {
  document.addEventListener("keydown", closeAround);
  htmx.on("htmx:before:swap", () => {
    path = around(document.activeElement);
  });
  htmx.on("htmx:after:swap", ({ detail: { ctx } }) => {
    if (bringsPage(ctx) && !main().contains(document.activeElement)) putOn(content());
    else if (path.length > 0 && isNowhere()) findBack();
    path = [];
  });
}
