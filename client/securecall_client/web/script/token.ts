/**
 * The page's token: what every request of a page carries, so that nobody else's page can ask for anything here.
 *
 * It lives in this tab's sessionStorage, for this origin alone, and goes when the tab goes. A new tab asks the others
 * over a BroadcastChannel, which no other origin hears. The token opens nothing once the program has stopped or locked.
 */

const KEY = "securecall-token";
/** What the program is known by, which it gave with the first token, and which is never sent to it (`isOurs`). */
const MARK = "securecall-mark";
/**
 * What this tab calls itself where it listens and does something; nobody is let in by it. Made of what every browser has,
 * also one that takes an address of this computer for no safe place.
 */
export const TAB = hex(crypto.getRandomValues(new Uint8Array(16)));
/** It outlives a lock in this tab's memory alone. */
let mark = sessionStorage.getItem(MARK);
/** How long another tab may take to answer, in milliseconds. */
const PATIENCE = 1000;

/** Sent on `document` when this tab's token is no longer good: whoever shows or holds anything lets it go. */
export const LOCKED = "securecall:locked";

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

type Word = { ask: true } | { token: string; mark: string | null } | { locked: string };

const channel = new BroadcastChannel("securecall");
channel.addEventListener("message", ({ data }: MessageEvent<Word>) => {
  const held = token();
  if (held === null) return;
  if ("ask" in data) say({ token: held, mark });
  else if ("locked" in data && data.locked === held) drop();
});

function say(word: Word): void {
  channel.postMessage(word);
}

/** The token of this tab, or null: not given yet, or forgotten. */
export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

function keep(token: string, given: unknown): void {
  sessionStorage.setItem(KEY, token);
  if (typeof given === "string") mark = given;
  if (mark !== null) sessionStorage.setItem(MARK, mark);
}

/**
 * Whether the program that let this tab in is the one that answers now. Once it has ended, whoever else uses this computer
 * may listen in its place. A tab that knows no mark, or cannot reckon with it, takes whoever answers for it.
 */
export async function isOurs(): Promise<boolean> {
  if (mark === null || !("subtle" in crypto)) return true;
  const asked = crypto.randomUUID();
  const answer = await fetch(`/unlock?asked=${asked}`, { cache: "no-store", redirect: "error" });
  const told = (await answer.json().catch(() => ({}))) as { proof?: unknown };
  const bytes = new TextEncoder(), how = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes.encode(mark), how, false, ["sign"]);
  const wanted = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes.encode(asked)));
  return told.proof === hex(wanted);
}

/** Exchanges a secret for the token and keeps it. Returns null once it is kept, else why it was refused, or "". */
export async function exchange(path: string, secret: Record<string, unknown>): Promise<string | null> {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(secret),
    cache: "no-store",
    redirect: "error",
  });
  const told = (await answer.json().catch(() => ({}))) as { token?: unknown; mark?: unknown; error?: unknown };
  if (typeof told.token !== "string") return typeof told.error === "string" ? told.error : "";
  keep(told.token, told.mark);
  return null;
}

function drop(): void {
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(MARK);
  document.dispatchEvent(new CustomEvent(LOCKED));
}

/** Locks this tab and every other one that holds the same token. A newer token elsewhere stays good. */
export function lock(): void {
  const held = token();
  drop();
  if (held !== null) say({ locked: held });
}

/** Asks the other tabs for theirs and keeps it; keeps nothing when none answers. */
export function askOtherTabs(): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      channel.removeEventListener("message", hear);
      resolve();
    };
    const hear = ({ data }: MessageEvent<Word>): void => {
      if (!("token" in data)) return;
      keep(data.token, data.mark);
      done();
    };
    const timer = setTimeout(done, PATIENCE);
    channel.addEventListener("message", hear);
    say({ ask: true });
  });
}
