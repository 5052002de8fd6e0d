/** The tables of an answer's form: cells, rows, and what was done to them that can be undone. */

import type { Column } from "./sheet";

export type Cell = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
export type Row = HTMLTableRowElement;

type Undo = () => void;

/** The place of a row's key in the empty row that new ones are made of. */
const KEY = "KEY";
const undoing: Undo[] = [];
/** Whether nothing was typed since the last thing that can be undone. */
let fresh = false;

function need<T extends Element>(within: ParentNode, selector: string): T {
  const found = within.querySelector<T>(selector);
  if (found === null) throw new Error(`An answer's form has no ${selector}.`);
  return found;
}

export function tableOf(element: Element): HTMLElement | null {
  return element.closest<HTMLElement>("[data-table]");
}

export function isCell(target: EventTarget | null): target is Cell {
  return target instanceof Element && target.matches("[data-table] tbody [data-column]");
}

export function rowOf(cell: Element): Row {
  const row = cell.closest("tr");
  if (row === null) throw new Error("A cell stands in a row.");
  return row;
}

export function rows(table: HTMLElement): Row[] {
  return [...need<HTMLTableSectionElement>(table, "tbody").rows];
}

export function cells(row: Row): Cell[] {
  return [...row.querySelectorAll<Cell>("[data-column]")];
}

export function columns(table: HTMLElement): Column[] {
  const heads = table.querySelectorAll<HTMLElement>("thead [data-name]");
  return [...heads].map((head) => ({ name: head.dataset["name"] ?? "", title: head.textContent ?? "" }));
}

export function isBlank(row: Row): boolean {
  return cells(row).every((cell) => cell.value.trim() === "");
}

/** Numbers the rows of a table, for the eye and in the names of their cells. */
export function number(table: HTMLElement): void {
  const words = table.closest<HTMLElement>("[data-cell]")?.dataset["cell"] ?? "{column} {row}";
  const titles = columns(table);
  rows(table).forEach((row, at) => {
    need(row, "th.number").textContent = String(at + 1);
    cells(row).forEach((cell, place) => {
      const label = words.replace("{column}", titles[place]?.title ?? "").replace("{row}", String(at + 1));
      if (cell.getAttribute("aria-label") !== label) cell.setAttribute("aria-label", label);
    });
  });
}

function nextKey(table: HTMLElement): string {
  return String(Math.max(-1, ...rows(table).map((row) => Number(row.dataset["key"]))) + 1);
}

/** Adds an empty row at the end. */
export function add(table: HTMLElement): Row {
  const made = need<HTMLTemplateElement>(table, "template").content.querySelector("tr")?.cloneNode(true) as Row;
  const key = nextKey(table);
  made.dataset["key"] = key;
  for (const cell of cells(made)) {
    cell.id = cell.id.replace(`-${KEY}-`, `-${key}-`);
    cell.name = cell.name.replace(`:${KEY}:`, `:${key}:`);
  }
  need(table, "tbody").append(made);
  number(table);
  return made;
}

function remember(table: HTMLElement, undo: Undo): void {
  undoing.push(() => {
    undo();
    number(table);
  });
  fresh = true;
  tell(table);
}

/** Lets the buttons that undo be pressed where there is something to undo. */
function tell(table: HTMLElement): void {
  const button = need<HTMLButtonElement>(table, "[data-do=undo]");
  // The keyboard does not stay on a button that can be pressed no more.
  if (undoing.length === 0 && document.activeElement === button) need<HTMLElement>(table, "[data-do=add]").focus();
  button.disabled = undoing.length === 0;
}

/** Deletes a row; the last one is emptied, so that there is always one. */
export function remove(row: Row): void {
  const table = tableOf(row);
  if (table === null) return;
  const [after, body] = [row.nextElementSibling, row.parentElement];
  row.remove();
  if (rows(table).length === 0) add(table);
  number(table);
  remember(table, () => body?.insertBefore(row, after?.isConnected ? after : null));
}

/** Puts a text into a cell; a word that is not to choose is added, so that it is kept and can be told wrong. */
function put(cell: Cell, text: string): void {
  if (!(cell instanceof HTMLSelectElement)) {
    cell.value = text;
    return;
  }
  const same = [...cell.options].find((option) => option.value.toLowerCase() === text.toLowerCase());
  if (same === undefined) cell.add(new Option(text, text));
  cell.value = same?.value ?? text;
}

/** Fills cells, and the rows after them, as `lines` say; null leaves one be. Can be undone as one. */
export function fill(from: Row, lines: readonly (readonly (string | null)[])[]): void {
  const table = tableOf(from);
  if (table === null) return;
  const before: [Cell, string, string][] = [];
  const added: Row[] = [];
  let row = from;
  lines.forEach((line, at) => {
    if (at > 0) row = (row.nextElementSibling as Row | null) ?? grow(table, added);
    cells(row).forEach((cell, place) => {
      const text = line[place];
      if (text === null || text === undefined) return;
      const was = cell.value;
      put(cell, text);
      before.push([cell, was, cell.value]);
    });
  });
  remember(table, () => {
    // What was typed over since then stays.
    for (const [cell, was, put] of before) if (cell.value === put) cell.value = was;
    for (const row of added) if (isBlank(row)) row.remove();
  });
}

function grow(table: HTMLElement, added: Row[]): Row {
  const row = add(table);
  added.push(row);
  return row;
}

/** Copies the row above into the empty cells of a row. Returns whether there was one. */
export function copyAbove(row: Row): boolean {
  const above = row.previousElementSibling as Row | null;
  if (above === null) return false;
  const own = cells(row);
  fill(row, [cells(above).map((cell, place) => (own[place]?.value.trim() ? null : cell.value))]);
  return true;
}

/** Undoes the last of this. Returns whether there was anything. */
export function undo(table: HTMLElement): boolean {
  const last = undoing.pop();
  last?.();
  tell(table);
  return last !== undefined;
}

/** Whether Ctrl+Z is meant for rows, and not for letters that were typed since. */
export function undoesRows(): boolean {
  return fresh && undoing.length > 0;
}

/** Something was typed. */
export function typed(): void {
  fresh = false;
}

/** Another page: there is nothing to undo on it. */
export function forget(): void {
  undoing.length = 0;
  fresh = false;
}
