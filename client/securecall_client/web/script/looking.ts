/**
 * A document's pages, as pictures that the program drew: fetched with the token, held as `blob:` for as long as they are
 * on the screen. Nothing of the document itself comes into the browser.
 */

import htmx from "htmx.org";

import { ask, post } from "./ask";
import { LOCKED } from "./token";

/** How large a page is shown, beside the width of its place; `documents.css` has the same steps. */
const ZOOMS = [0.6, 1, 1.5, 2.2, 3.2];
const WIDTH_STEP = 200;
const WIDTH_MOST = 4000;

/** After so many milliseconds at a page it is told to those who follow. */
const SETTLED = 400;

/** What on the page says at which page of its document whoever presents is: the bar of a call, or the window's stage. */
function leader(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-led]");
}

/** The page to be at, for whoever presents, follows, or looks at the window; null for whoever looks by themselves. */
function leading(): number | null {
  const lead = leader();
  const led = lead?.matches(".stage, [data-yours]") || document.documentElement.hasAttribute("data-following");
  return lead && led ? Number(lead.dataset["led"]) : null;
}

class Viewer {
  private page = 1;
  private zoom = 1;
  private shown = "";
  private asked = 0;
  /** The page at which whoever presents was last known to be, and what waits to be told to those who follow. */
  private led: number | null = null;
  private telling: ReturnType<typeof setTimeout> | null = null;
  private readonly gone = new AbortController();

  constructor(private readonly place: HTMLElement) {
    place.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest<HTMLElement>("[data-turn], [data-zoom]") : null;
      if (button?.dataset["turn"]) this.turnFor(this.page + Number(button.dataset["turn"]));
      else if (button?.dataset["zoom"] && button !== this.sheet()) this.resize(Number(button.dataset["zoom"]));
    });
    // A window that is shared has nothing else to type into, wherever the keyboard is.
    const heard: EventTarget = place.closest(".present") ? document : place;
    heard.addEventListener("keydown", (event) => event instanceof KeyboardEvent && this.key(event), { signal: this.gone.signal });
    this.led = leading();
    this.turn(this.led ?? 1);
  }

  /** Goes where whoever presents has turned since, unless one has just turned oneself and that is to be told yet. */
  follow(): void {
    const page = leading();
    if (page === this.led) return;
    this.led = page;
    if (page !== null && this.telling === null) this.turn(page);
  }

  /** Whether it is on the screen still. */
  get here(): boolean {
    return this.place.isConnected;
  }

  /** Lets go of the picture. */
  drop(): void {
    this.asked++;
    this.gone.abort();
    if (this.telling !== null) clearTimeout(this.telling);
    if (this.shown) URL.revokeObjectURL(this.shown);
    this.shown = "";
  }

  private sheet(): HTMLElement | null {
    return this.place.querySelector<HTMLElement>(".sheet");
  }

  private get pages(): number {
    return Number(this.place.dataset["pages"]);
  }

  private key(event: KeyboardEvent): void {
    const steps: Record<string, () => void> = {
      PageDown: () => this.turnFor(this.page + 1),
      PageUp: () => this.turnFor(this.page - 1),
      Home: () => this.turnFor(1),
      End: () => this.turnFor(this.pages),
      "+": () => this.resize(1),
      "-": () => this.resize(-1),
    };
    const step = steps[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    step();
  }

  /** Turns to a page, and soon tells those who follow, if one presents. In a window of others' one only looks on. */
  private turnFor(page: number): void {
    const lead = leader();
    const path = lead?.dataset["turns"];
    if (page < 1 || page > this.pages || (lead?.matches(".stage") && !path)) return;
    this.turn(page);
    if (!lead || !path) return;
    if (this.telling !== null) clearTimeout(this.telling);
    this.telling = setTimeout(() => void this.tellPage(path, lead.dataset["document"] ?? ""), SETTLED);
  }

  private async tellPage(path: string, shown: string): Promise<void> {
    this.telling = null;
    this.led = this.page;
    const answer = await post(path, new URLSearchParams({ document: shown, page: String(this.page) }));
    const why = this.place.querySelector<HTMLElement>("[data-why]");
    if (why && !answer.ok) Object.assign(why, { textContent: why.dataset["why"], hidden: false });
  }

  private turn(page: number): void {
    page = Math.min(page, this.pages);
    if (page < 1) return;
    this.page = page;
    this.sheet()?.scrollTo(0, 0);
    void this.draw();
  }

  private resize(by: number): void {
    this.zoom = Math.min(ZOOMS.length - 1, Math.max(0, this.zoom + by));
    void this.draw();
  }

  private tell(): void {
    const where = this.place.querySelector<HTMLElement>("[data-where]");
    if (where) where.textContent = (where.dataset["where"] ?? "").replace("{page}", String(this.page));
    for (const button of this.place.querySelectorAll<HTMLButtonElement>("[data-turn]")) {
      const to = this.page + Number(button.dataset["turn"]);
      button.disabled = to < 1 || to > this.pages;
      if (button.disabled && document.activeElement === button) this.sheet()?.focus();
    }
  }

  private async draw(): Promise<void> {
    const turn = ++this.asked;
    const sheet = this.sheet();
    const image = sheet?.querySelector("img");
    if (!sheet || !image) return;
    this.tell();
    sheet.dataset["zoom"] = String(this.zoom);
    const wanted = sheet.clientWidth * (ZOOMS[this.zoom] ?? 1) * devicePixelRatio;
    const width = Math.min(WIDTH_MOST, Math.max(WIDTH_STEP, Math.ceil(wanted / WIDTH_STEP) * WIDTH_STEP));
    const why = this.place.querySelector<HTMLElement>("[data-why]");
    const answer = await ask(`${this.place.dataset["look"] ?? ""}/${String(this.page)}?width=${String(width)}`);
    const picture = answer.ok ? await answer.blob() : null;
    const words = picture ? "" : await reason(answer);
    if (turn !== this.asked) return;
    if (why) Object.assign(why, { textContent: words, hidden: !words });
    image.hidden = picture === null;
    if (!picture) return;
    image.onload = () => sheet.toggleAttribute("data-lies", image.naturalWidth > image.naturalHeight);
    const old = this.shown;
    this.shown = image.src = URL.createObjectURL(picture);
    image.alt = (this.place.dataset["alt"] ?? "").replace("{page}", String(this.page));
    if (old) URL.revokeObjectURL(old);
  }
}

async function reason(answer: Response): Promise<string> {
  const told = (await answer.json().catch(() => ({}))) as { error?: unknown };
  return typeof told.error === "string" ? told.error : "";
}

const viewers = new Map<HTMLElement, Viewer>();

function look(): void {
  for (const [place, viewer] of viewers) {
    if (viewer.here) continue;
    viewer.drop();
    viewers.delete(place);
  }
  for (const place of document.querySelectorAll<HTMLElement>("[data-look]")) {
    const viewer = viewers.get(place);
    if (viewer) viewer.follow();
    else viewers.set(place, new Viewer(place));
  }
}

/** Shows documents wherever a page has a place for one. */
export function showDocuments(): void {
  htmx.on("htmx:after:swap", look);
  document.addEventListener(LOCKED, () => {
    for (const viewer of viewers.values()) viewer.drop();
    viewers.clear();
  });
}
