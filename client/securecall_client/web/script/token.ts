/**
 * The page's token: what every request of a page carries, so that nobody else's page can ask for anything here.
 *
 * It lives in this tab's sessionStorage, for this origin alone, and goes when the tab goes. A new tab asks the others
 * over a BroadcastChannel, which no other origin hears. The token opens nothing once the program has stopped or locked.
 */

const KEY = "securecall-token";
/** How long another tab may take to answer, in milliseconds. */
const PATIENCE = 1000;

/** Sent on `document` when this tab's token is no longer good: whoever shows or holds anything lets it go. */
export const LOCKED = "securecall:locked";

type Word = { ask: true } | { token: string } | { locked: string };

const channel = new BroadcastChannel("securecall");
channel.addEventListener("message", ({ data }: MessageEvent<Word>) => {
  const held = token();
  if (held === null) return;
  if ("ask" in data) say({ token: held });
  else if ("locked" in data && data.locked === held) drop();
});

function say(word: Word): void {
  channel.postMessage(word);
}

/** The token of this tab, or null: not given yet, or forgotten. */
export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

function keep(token: string): void {
  sessionStorage.setItem(KEY, token);
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
  const told = (await answer.json().catch(() => ({}))) as { token?: unknown; error?: unknown };
  if (typeof told.token !== "string") return typeof told.error === "string" ? told.error : "";
  keep(told.token);
  return null;
}

function drop(): void {
  sessionStorage.removeItem(KEY);
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
      keep(data.token);
      done();
    };
    const timer = setTimeout(done, PATIENCE);
    channel.addEventListener("message", hear);
    say({ ask: true });
  });
}
