/** An answer's form: keys, what is pasted or taken from a file, drafts, sending, and what is wrong with it. */

import htmx from "htmx.org";

import { post } from "./ask";
import { changed, content, flush, isDue, keepDrafts, settle } from "./drafts";
import { markFaults, rightAgain } from "./faults";
import { add, cells, columns, copyAbove, fill, forget, isBlank, isCell, number, remove, rowOf, rows, tableOf, typed, undo,
  undoesRows, type Cell, type Row } from "./rows";
import { say } from "./said";
import { headings, isCells, parse } from "./sheet";

type Lines = (string | null)[][];

function formOf(element: Element): HTMLFormElement | null {
  return element.closest<HTMLFormElement>("form[data-draft]");
}

function note(element: Element): void {
  const form = formOf(element);
  if (form) changed(form);
}

/** To the next cell; from the last one to a new row, or from an empty last row to the button that sends. */
function goOn(cell: Cell): void {
  const row = rowOf(cell);
  const here = cells(row);
  const next = here[here.indexOf(cell) + 1];
  const table = tableOf(row);
  if (next) next.focus();
  else if (row.nextElementSibling) cells(row.nextElementSibling as Row)[0]?.focus();
  else if (isBlank(row)) formOf(row)?.querySelector<HTMLElement>("button[type=submit]")?.focus();
  else if (table) cells(add(table))[0]?.focus();
}

function upOrDown(cell: Cell, sibling: Element | null): void {
  if (sibling) cells(sibling as Row)[cells(rowOf(cell)).indexOf(cell)]?.focus();
}

function deleteRow(row: Row): void {
  const [table, near] = [tableOf(row), row.nextElementSibling ?? row.previousElementSibling];
  remove(row);
  const rest = near?.isConnected ? (near as Row) : table && rows(table)[0];
  if (rest) cells(rest)[0]?.focus();
}

/** Does what a key means in a cell. Returns whether it meant anything. */
function press(cell: Cell, event: KeyboardEvent): boolean {
  const [control, row] = [event.ctrlKey || event.metaKey, rowOf(cell)];
  if (event.key === "Enter" && control) formOf(cell)?.requestSubmit();
  else if (event.key === "Enter" && !event.shiftKey && !event.altKey) goOn(cell);
  else if (!control || event.altKey) return false;
  else if (event.key.toLowerCase() === "d") copyAbove(row);
  else if (event.key === "Delete") deleteRow(row);
  else if (event.key === "ArrowUp") upOrDown(cell, row.previousElementSibling);
  else if (event.key === "ArrowDown") upOrDown(cell, row.nextElementSibling);
  else if (event.key.toLowerCase() === "z" && !event.shiftKey && undoesRows()) undo(tableOf(row) as HTMLElement);
  else return false;
  return true;
}

/** Lines of cells in the order of a table's columns: by headings where the first line holds some, else from a column on. */
function arranged(found: string[][], table: HTMLElement, first: number): Lines {
  const order = headings(found[0] ?? [], columns(table));
  const width = columns(table).length;
  return (order ? found.slice(1) : found).map((line) => {
    const placed: (string | null)[] = Array.from({ length: width }, () => null);
    line.forEach((text, at) => {
      const place = order ? order[at] : first + at;
      if (place !== null && place !== undefined && place < width) placed[place] = text;
    });
    return placed;
  });
}

function takeIn(row: Row, lines: Lines): void {
  if (lines.length === 0) return;
  fill(row, lines);
  note(row);
  const words = row.closest<HTMLElement>("[data-pasted]")?.dataset["pasted"] ?? "";
  say(words.replace("{number}", String(lines.length)));
}

/** The first of the empty rows at the end, made if there is none. */
function freeRow(table: HTMLElement): Row {
  const [last] = rows(table).slice(-1);
  return last && isBlank(last) ? last : add(table);
}

async function takeFile(field: HTMLInputElement): Promise<void> {
  const [file, form, table] = [field.files?.[0], formOf(field), tableOf(field)];
  if (!file || !form || !table) return;
  const body = new FormData();
  body.append("file", file);
  const answer = await post(form.dataset["sheet"] ?? "", body);
  field.value = "";
  const notice = document.getElementById("notice");
  if (!answer.ok) {
    // Words of this program, escaped where they were made.
    if (notice) htmx.swap({ target: notice, text: await answer.text(), swap: "innerHTML" });
    return;
  }
  notice?.replaceChildren();
  const found = (await answer.json()) as Record<string, Record<string, string>[]>;
  const names = columns(table).map((column) => column.name);
  takeIn(freeRow(table), (found[table.dataset["table"] ?? ""] ?? []).map((row) => names.map((name) => row[name] ?? "")));
}

/** Proposes further words where a cell takes several: what stands before the last one is put before each. */
function proposeMore(field: HTMLInputElement): void {
  const list = field.list;
  if (!list) return;
  const before = /^(.*[,;]\s*)?/.exec(field.value)?.[1] ?? "";
  for (const option of list.options) {
    option.dataset["word"] ??= option.value;
    option.value = before + option.dataset["word"];
  }
}

function countPoints(set: HTMLElement): void {
  const given = [...set.querySelectorAll<HTMLInputElement>("input")].reduce((sum, field) => sum + (Number(field.value) || 0), 0);
  const left = set.querySelector<HTMLElement>("[data-left]");
  if (left) left.textContent = (left.dataset["words"] ?? "").replace("{number}", String(Number(set.dataset["points"]) - given));
}

function prepare(): void {
  for (const table of document.querySelectorAll<HTMLElement>("[data-table]")) number(table);
  for (const set of document.querySelectorAll<HTMLElement>("[data-points]")) countPoints(set);
}

/** What each form held when it was sent. */
const sent = new WeakMap<HTMLFormElement, string>();

/** Sends a form once what was typed is kept, so that no draft overtakes its own sending; or lets it go as it is. */
function sendInTurn(event: SubmitEvent): void {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  sent.set(form, content(form).toString());
  if (!isDue()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void flush().then(() => form.requestSubmit(event.submitter));
}

function listenToKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || !isCell(event.target) || !press(event.target, event)) return;
    event.preventDefault();
    if (!["Enter", "ArrowUp", "ArrowDown"].includes(event.key)) note(event.target.isConnected ? event.target : (document.activeElement ?? document.body));
  });
  document.addEventListener("paste", (event) => {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const [cell, table] = isCell(event.target) ? [event.target, tableOf(event.target)] : [null, null];
    if (!cell || !table || !isCells(text)) return;
    event.preventDefault();
    takeIn(rowOf(cell), arranged(parse(text), table, cells(rowOf(cell)).indexOf(cell)));
  });
}

function listenToFields(): void {
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof Element) || !formOf(target)) return;
    if (target.matches("[type=file]")) return;
    typed();
    rightAgain(target);
    if (target.matches("[data-many]")) proposeMore(target as HTMLInputElement);
    const points = target.closest<HTMLElement>("[data-points]");
    if (points) countPoints(points);
    note(target);
  });
  document.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && target.matches("[data-sheet-of]")) void takeFile(target);
  });
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>("[data-do]") : null;
    const table = button && tableOf(button);
    if (!button || !table) return;
    if (button.dataset["do"] === "add") cells(add(table))[0]?.focus();
    else if (button.dataset["do"] === "undo") undo(table);
    else deleteRow(rowOf(button));
    note(table);
  });
}

/** Takes care of the form of an answer, wherever one is shown. */
export function takeAnswers(): void {
  keepDrafts();
  listenToKeys();
  listenToFields();
  document.addEventListener("submit", sendInTurn, { capture: true });
  htmx.on("htmx:before:swap", ({ detail: { ctx } }) => {
    const form = ctx.sourceElement.closest("form");
    if (!form || !ctx.response?.raw.ok) return;
    if (form.matches("[data-draft]")) {
      // What was typed while it was on its way is a draft of its own.
      if (sent.get(form) === content(form).toString()) settle();
      else changed(form);
    }
    const emptied = form.dataset["empties"];
    if (emptied) {
      settle();
      forget();
      document.getElementById(emptied)?.remove();
    }
  });
  htmx.on("htmx:after:swap", () => {
    prepare();
    markFaults();
  });
}
