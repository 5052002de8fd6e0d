/** What is typed into an answer's form is kept as a draft on this computer, a moment after each letter. */

import { post } from "./ask";
import { say } from "./said";
import { LOCKED, token } from "./token";

/** Milliseconds after the last letter, and until a draft that could not be kept is tried again. */
const SOON = 400;
const AGAIN = 3000;

let form: HTMLFormElement | null = null;
let timer: number | undefined;
let keeping: Promise<void> | null = null;

function said(): HTMLElement | null {
  return document.getElementById("draft-said");
}

function tell(state: "kept" | "failed" | ""): void {
  const place = said();
  if (place === null) return;
  const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  if (state === "failed" && place.dataset["state"] !== state) say(place.dataset[state] ?? "");
  place.textContent = state === "" ? "" : (place.dataset[state] ?? "").replace("{time}", time);
  place.dataset["state"] = state;
}

/** What stands in a form; files stay where they are. */
export function content(of: HTMLFormElement): URLSearchParams {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(of)) if (typeof value === "string") found.append(name, value);
  return found;
}

async function keep(of: HTMLFormElement, keepalive: boolean): Promise<void> {
  const text = content(of);
  try {
    // What a browser sends on for a page that is gone may have 64 KiB, and no more.
    const answer = await post(of.dataset["draft"] ?? "", text, { keepalive: keepalive && text.toString().length < 60_000 });
    if (answer.ok) {
      if (timer === undefined) tell("kept");
      return;
    }
  } catch {
    // Told and tried again below, as a refusal is.
  }
  if (token() === null || of !== form) return;
  tell("failed");
  timer ??= window.setTimeout(() => void flush(), AGAIN);
}

/** Keeps what stands in a form soon. */
export function changed(of: HTMLFormElement): void {
  form = of;
  clearTimeout(timer);
  timer = window.setTimeout(() => void flush(), SOON);
}

/** Keeps now what is not kept yet; one after the other, so that the last words are those that stay. */
export async function flush(keepalive = false): Promise<void> {
  if (timer === undefined || form === null) return keeping ?? undefined;
  clearTimeout(timer);
  timer = undefined;
  const [of, before] = [form, keepalive ? null : keeping];
  keeping = (async () => {
    await before;
    await keep(of, keepalive);
  })();
  await keeping;
}

/** Whether anything typed is not kept yet, or just being kept. */
export function isDue(): boolean {
  return timer !== undefined;
}

/** What stood in the form has been sent, or thrown away: no draft of it comes back. */
export function settle(): void {
  clearTimeout(timer);
  timer = undefined;
  form = null;
  tell("");
}

/** Keeps drafts also where the page goes away, or is locked. */
export function keepDrafts(): void {
  addEventListener("pagehide", () => void flush(true));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) void flush(true);
  });
  document.addEventListener(LOCKED, () => {
    clearTimeout(timer);
    timer = undefined;
    form = null;
  });
}
