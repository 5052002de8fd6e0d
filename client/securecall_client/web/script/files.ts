/**
 * Files that are dropped onto a page with a `data-drop`, or chosen there, go to the program on this computer piece by
 * piece. It decides on them with the person; nothing is sent anywhere from here.
 */

import { post } from "./ask";
import { showProgress } from "./progress";
import { say } from "./said";
import { LOCKED } from "./token";

/** Bytes that go at once: `securecall_client.spool.PIECE`. */
const PIECE = 1024 * 1024;

/** What waits for its turn: one file after the other, so that the first ones can be decided on while others come. */
let turn: Promise<void> = Promise.resolve();
/** Counts locks: what began before the last one is not gone on with. */
let locks = 0;

/** The request was refused; the words say why. */
class Refused extends Error {}

async function send(path: string, headers: Record<string, string>, body: Blob | null): Promise<Response> {
  const answer = await post(path, body, { headers: { ...headers, "Content-Type": "application/octet-stream" } });
  if (answer.ok) return answer;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  throw new Refused(page.body.textContent.trim());
}

async function pieces(path: string, id: string, file: File): Promise<void> {
  for (let at = 0; at < file.size; at += PIECE) {
    const end = Math.min(file.size, at + PIECE);
    let piece: Blob;
    try {
      piece = new Blob([await file.slice(at, end).arrayBuffer()]);
    } catch {
      await send(`${path}/lost/${id}`, {}, null);
      return;
    }
    await send(`${path}/piece/${id}`, { "X-SecureCall-At": String(at) }, piece);
    showProgress(`${String(end)} ${String(file.size)} ${id}`);
  }
}

async function bring(path: string, replaces: string, file: File): Promise<void> {
  const began = locks;
  const name = encodeURIComponent(file.name.replace(/[\uD800-\uDFFF]/gu, "_"));
  const headers = { "X-SecureCall-Name": name, "X-SecureCall-Size": String(file.size), "X-SecureCall-Replaces": replaces };
  try {
    const { file: id } = (await (await send(`${path}/new`, headers, null)).json()) as { file: string };
    await pieces(path, id, file);
  } catch (error) {
    if (began === locks && error instanceof Refused) say(error.message);
  }
}

function take(zone: HTMLElement, files: Iterable<File>): void {
  const path = zone.dataset["drop"] ?? "";
  const replaces = zone.dataset["replaces"] ?? "";
  const began = locks;
  for (const file of replaces ? [...files].slice(0, 1) : files) {
    turn = turn.then(() => (began === locks ? bring(path, replaces, file) : undefined));
  }
}

function zone(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-drop]");
}

/** Takes files from now on wherever a page has a place for them; a file that is dropped elsewhere is never opened. */
export function takeFiles(): void {
  document.addEventListener(LOCKED, () => locks++);
  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    const place = zone();
    event.dataTransfer.dropEffect = place ? "copy" : "none";
    document.body.toggleAttribute("data-dragging", place !== null);
  });
  for (const end of ["dragleave", "dragend", "drop"]) {
    document.addEventListener(end, (event) => {
      const inside = event instanceof DragEvent && event.type === "dragleave" && event.relatedTarget !== null;
      if (!inside) document.body.removeAttribute("data-dragging");
    });
  }
  document.addEventListener("drop", (event) => {
    const files = event.dataTransfer?.files;
    if (!files?.length) return;
    event.preventDefault();
    const place = zone();
    if (place) take(place, [...files]);
  });
  document.addEventListener("change", ({ target }) => {
    const place = zone();
    if (!(target instanceof HTMLInputElement) || !target.hasAttribute("data-files") || !place) return;
    take(place, [...(target.files ?? [])]);
    target.value = "";
  });
}
