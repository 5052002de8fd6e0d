/** Words that somebody types anywhere on a page, kept on this computer until they are sent, and given back to the page. */

import htmx from "htmx.org";

import { ask, post } from "./ask";
import { bringsPage } from "./requests";
import { here, main } from "./shell";
import { LOCKED, token } from "./token";

type Field = HTMLInputElement | HTMLTextAreaElement;

/** Milliseconds after the last letter. */
const SOON = 400;
/** Fields of words, on pages of an open profile. An answer's form keeps its own draft; what is secret or must be typed each time is not kept. */
const WORDS = "form :is(textarea[id], input[id]:is([type=text], :not([type])))";
const KEPT = "[data-words] *";
const NOT = "[readonly], [name=typed], .secret, [data-draft] *, [data-keep] *";

let timer: number | undefined;
/** The page whose words are due. */
let due = "";
let keeping: Promise<unknown> = Promise.resolve();

function isWords(node: unknown): node is Field {
  return node instanceof HTMLElement && node.matches(WORDS) && node.matches(KEPT) && !node.matches(NOT);
}

function typed(but?: HTMLFormElement): URLSearchParams {
  const found = new URLSearchParams();
  for (const field of main().querySelectorAll<Field>(WORDS)) {
    if (isWords(field) && field.form !== but && field.value !== field.defaultValue) found.append(field.id, field.value);
  }
  return found;
}

function tell(some: boolean): void {
  const place = document.getElementById("unsent");
  if (place) place.hidden = !some;
}

function send(page: string, words: URLSearchParams, keepalive: boolean): Promise<unknown> {
  const large = words.toString().length > 60_000;
  return post(`/unsent/keep?of=${encodeURIComponent(page)}`, words, { keepalive: keepalive && !large }).then(
    (answer) => tell(answer.ok && words.size > 0), () => undefined);
}

/** Keeps now what is due, one after the other. */
function flush(keepalive = false): void {
  if (timer === undefined || token() === null) return;
  clearTimeout(timer);
  timer = undefined;
  const [page, words] = [due, typed()];
  keeping = keepalive ? send(page, words, true) : keeping.then(() => send(page, words, false));
}

/** What was sent is not unsent any more; what stands elsewhere on the page is. */
function arrived(form: HTMLFormElement): void {
  clearTimeout(timer);
  timer = undefined;
  const [page, words] = [here(), typed(form)];
  keeping = keeping.then(() => send(page, words, false));
}

/** Gives a page back what was typed on it, unless something else stands there by now. */
async function restore(): Promise<void> {
  tell(false);
  // Where no profile is open nothing was kept, and asking would say that this tab is locked.
  if (main().querySelector("[data-words]") === null) return;
  const page = here();
  const answer = await ask(`/unsent/words?of=${encodeURIComponent(page)}`);
  if (!answer.ok || page !== here()) return;
  const words = Object.entries((await answer.json()) as Record<string, string>);
  for (const [id, text] of words) {
    const field = document.getElementById(id);
    if (!isWords(field) || field.value !== field.defaultValue) continue;
    field.value = text;
    for (let part = field.closest("details"); part; part = part.parentElement?.closest("details") ?? null) part.open = true;
  }
  tell(words.length > 0);
}

/** Sends a form once what was typed is kept; it may be the one that locks. */
function sendInTurn(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || timer === undefined) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  flush();
  void keeping.then(() => form.requestSubmit(event.submitter));
}

/** Takes care of words, wherever they are typed. */
export function keepWords(): void {
  document.addEventListener("input", ({ target }) => {
    if (!isWords(target)) return;
    due = here();
    clearTimeout(timer);
    timer = window.setTimeout(() => flush(), SOON);
  });
  addEventListener("pagehide", () => flush(true));
  document.addEventListener("visibilitychange", () => document.hidden && flush(true));
  document.addEventListener(LOCKED, () => {
    clearTimeout(timer);
    timer = undefined;
    tell(false);
  });
  document.addEventListener("submit", sendInTurn, { capture: true });
  htmx.on("htmx:before:swap", ({ detail: { ctx } }) => {
    const form = ctx.request.method === "GET" ? null : ctx.sourceElement.closest("form");
    if (form && ctx.response?.raw.ok && [...form.elements].some(isWords)) arrived(form);
    else if (bringsPage(ctx)) flush();
  });
  htmx.on("htmx:after:swap", ({ detail: { ctx } }) => {
    if (bringsPage(ctx)) void restore();
  });
}
