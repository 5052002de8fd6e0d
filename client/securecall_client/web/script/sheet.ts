/** Cells of a spreadsheet as they come from the clipboard: lines of cells with tabs between. No page is touched here. */

export interface Column {
  name: string;
  title: string;
}

/** Whether a text is more than one cell. */
export function isCells(text: string): boolean {
  return /[\t\n]/.test(text.replace(/\r?\n$/, ""));
}

/** The cells. One that holds a tab, a line end or a quotation mark stands in such marks, and these are doubled in it. */
export function parse(text: string): string[][] {
  const lines: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"(?=[\t\r\n]|$)|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/y;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (found === null) break;
    const [, quoted, plain = "", end] = found;
    const said = quoted === undefined ? plain : quoted.replace(/""/g, '"');
    lines[lines.length - 1]?.push(said.replace(/\s*[\r\n]+\s*/g, " ").trim());
    if (end === "") break;
    if (end !== "\t" && cell.lastIndex < text.length) lines.push([]);
    if (end === "\t" && cell.lastIndex === text.length) lines[lines.length - 1]?.push("");
  }
  return lines;
}

function key(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/\s+/g, " ").trim();
}

/** Where each cell of a line goes by the headings in it, null for one without; undefined where it holds none. */
export function headings(line: readonly string[], columns: readonly Column[]): (number | null)[] | undefined {
  const places = line.map((cell) => columns.findIndex(({ name, title }) => [key(name), key(title)].includes(key(cell))));
  const named = places.filter((place) => place >= 0);
  const said = line.filter((cell) => key(cell)).length;
  if (named.length === 0 || named.length < said || new Set(named).size < named.length) return undefined;
  return places.map((place) => (place < 0 ? null : place));
}
