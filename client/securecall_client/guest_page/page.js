
// The script of a sealed page. No libraries, no network, and text alone: nothing that anybody wrote becomes markup.
// docs/protocol.md, chapter 21, says what the bytes are.
"use strict";
(() => {
  const NONCE = 12, PAGE = 16, FLOOR = 1024, COPIED = 60000, ROWS = 200, WORDS = 64;
  const BEGIN = "BEGIN SEALED ANSWER", END = "END SEALED ANSWER";
  const BYTES = { text: 1024, long: 16384, word: 256, words: 256, organisation: 256, person: 256 };
  const utf8 = new TextEncoder();

  // Bytes

  /** @param {...Uint8Array} parts */
  function concat(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) { whole.set(part, at); at += part.length; }
    return whole;
  }

  /** @param {number} number As four bytes, the highest first. */
  function four(number) {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, number);
    return bytes;
  }

  /** @param {Uint8Array} bytes What stands behind a length in four bytes, and the rest. */
  function measured(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    if (length > bytes.length - 4) throw new Error("cut");
    return [bytes.subarray(4, 4 + length), bytes.subarray(4 + length)];
  }

  /** @param {Uint8Array} content Padded to 1 KiB, above that by Padmé (8.2). */
  function pad(content) {
    const length = Math.max(FLOOR, 4 + content.length);
    const exponent = Math.floor(Math.log2(length));
    const step = 2 ** (exponent - (Math.floor(Math.log2(exponent)) + 1));
    const padded = new Uint8Array(Math.ceil(length / step) * step);
    padded.set(four(content.length));
    padded.set(content, 4);
    return padded;
  }

  /** @param {string} text */
  function fromBase64(text) {
    const raw = atob(text.replace(/\s/g, ""));
    const bytes = new Uint8Array(raw.length);
    for (let at = 0; at < raw.length; at++) bytes[at] = raw.charCodeAt(at);
    return bytes;
  }

  /** @param {Uint8Array} bytes */
  function toBase64(bytes) {
    let raw = "";
    for (let at = 0; at < bytes.length; at += 0x6000) raw += String.fromCharCode(...bytes.subarray(at, at + 0x6000));
    return btoa(raw);
  }

  /** @param {string} typed The 16 bytes of a code, or null if it is mistyped: four check bytes stand behind it. */
  async function readCode(typed) {
    const raw = typed.replace(/[\s\-\u2010-\u2015]/g, "").toLowerCase();
    if (!/^[a-z2-7]{32}$/.test(raw)) return null;
    const bits = [...raw].map((letter) => "abcdefghijklmnopqrstuvwxyz234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
    const bytes = Uint8Array.from(bits.match(/.{8}/g), (octet) => parseInt(octet, 2));
    const check = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice(0, 16)));
    return bytes.slice(16).every((byte, at) => byte === check[at]) ? bytes.slice(0, 16) : null;
  }

  // The seal (21.1)

  const head = (purpose, page) => concat(utf8.encode(`securecall/1 ${purpose}\0`), page);

  /** @param {Uint8Array} code @param {"page" | "reply"} purpose @param {Uint8Array} page */
  async function keyFor(code, purpose, page) {
    const word = (text) => concat(Uint8Array.of(0xa0 + text.length), utf8.encode(text));
    const info = concat(utf8.encode("securecall/1 context\0"), Uint8Array.of(0x93), word("page"), word(purpose), Uint8Array.of(0xc4, PAGE), page);
    const secret = await crypto.subtle.importKey("raw", code, "HKDF", false, ["deriveKey"]);
    const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
    return crypto.subtle.deriveKey(how, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  }

  /** @param {Uint8Array} data @param {Uint8Array} code */
  async function open(data, code) {
    const start = utf8.encode("securecall/1 page\0").length;
    const page = data.slice(start, start + PAGE), additionalData = head("page", page), box = data.subarray(additionalData.length);
    if (!additionalData.every((byte, at) => byte === data[at])) throw new Error("no page");
    const how = { name: "AES-GCM", iv: box.slice(0, NONCE), additionalData };
    const padded = await crypto.subtle.decrypt(how, await keyFor(code, "page", page), box.slice(NONCE));
    return { page, content: measured(new Uint8Array(padded))[0] };
  }

  /** @param {Uint8Array} content @param {Uint8Array} code @param {Uint8Array} page */
  async function seal(content, code, page) {
    const additionalData = head("reply", page), iv = crypto.getRandomValues(new Uint8Array(NONCE));
    const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, await keyFor(code, "reply", page), pad(content));
    return concat(additionalData, iv, new Uint8Array(box));
  }

  // What is shown. Text goes in as text nodes, and what people wrote in the direction of its own letters.

  /** @param {string} tag @param {Record<string, unknown>} [with_] @param {...(Node | string)} inside */
  function make(tag, with_ = {}, ...inside) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(with_)) {
      if (name === "on") for (const [event, act] of Object.entries(value)) element.addEventListener(event, act);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
    }
    element.append(...inside);
    return element;
  }

  const LANGUAGE = document.documentElement.lang;
  const SAID = JSON.parse(document.getElementById("words").textContent);

  /** A sentence of ours as the page's maker had it said, with the values for its names in braces. */
  const say = (text, values = {}) => (SAID[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  const number = (value) => value.toLocaleString(LANGUAGE, { maximumFractionDigits: 1 });

  const theirs = (tag, text, with_ = {}) => make(tag, { dir: "auto", ...with_ }, text);
  const byId = (id) => document.getElementById(id);
  let ids = 0;
  const fresh = () => `f${++ids}`;

  function when(iso) {
    const time = new Date(iso);
    const local = time.toLocaleString(LANGUAGE, { weekday: "short", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
    const utc = time.toLocaleString(LANGUAGE, { hour: "2-digit", minute: "2-digit", timeZone: "UTC" });
    return time.getTimezoneOffset() ? `${local} (${utc} UTC)` : local;
  }

  const clock = (iso) => new Date(iso).toLocaleTimeString(LANGUAGE, { hour: "2-digit", minute: "2-digit" });

  function size(bytes) {
    if (bytes < 1024) return say("{number} bytes", { number: number(bytes) });
    return bytes < 1024 * 1024 ? say("{number} KiB", { number: number(Math.ceil(bytes / 1024)) }) : say("{number} MiB", { number: number(bytes / 1024 / 1024) });
  }

  function saveAs(parts, name, type) {
    const url = URL.createObjectURL(new Blob(parts, { type }));
    const link = make("a", { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  function section(id, title, ...inside) {
    return make("section", { "aria-labelledby": `${id}-title` }, make("h2", { id: `${id}-title` }, title), ...inside);
  }

  function limits() {
    const list = byId("door").querySelector(".limits").cloneNode(true);
    const short = say("Not live, not in the record, and no proof of who typed");
    return make("details", { class: "note" }, make("summary", {}, short), list);
  }

  function top(told) {
    const facts = make("dl", { class: "facts" });
    const fact = (name, value) => value && facts.append(make("dt", {}, name), theirs("dd", value));
    fact(say("Starts"), told.starts && when(told.starts));
    fact(say("Voice call"), told.link);
    fact(say("Country"), told.country);
    fact(say("You speak for"), told.whom);
    fact(say("Answer until"), when(told.ends));
    fact(say("As of"), when(told.made));
    const steps = [["#read", say("Read")], ["#answer", say("Answer")], ["#send", say("Seal it and send it back")]];
    const list = make("ol", { class: "steps" }, ...steps.map(([href, name]) => make("li", {}, make("a", { href }, name))));
    const over = make("div", { class: "note wrong" }, make("p", {}, make("strong", {}, `${say("This page is over.")} `), say("Ask whoever gave it to you before you write: what you send now may not be taken.")));
    return [
      make("p", { class: "kind" }, say("Sealed page")), theirs("h1", told.title, { tabindex: -1, id: "title" }),
      facts, limits(), ...(Date.now() > Date.parse(told.ends) ? [over] : []), list,
    ];
  }

  function toRead(told, files) {
    const parts = [];
    if (told.agenda.length) parts.push(make("h3", {}, say("Agenda")), make("ol", { class: "plain" }, ...told.agenda.map(point)));
    if (told.documents.length) parts.push(make("h3", {}, say("Documents")), make("ul", { class: "plain" }, ...told.documents.map((one) => shown(one, files))));
    if (told.decisions.length) parts.push(make("h3", {}, say("Decisions")), ...told.decisions.map((text) => make("blockquote", {}, theirs("p", text, { class: "written" }))));
    if (told.minutes) parts.push(make("h3", {}, say("Minutes")), theirs("p", told.minutes, { class: "written" }));
    if (!parts.length) parts.push(make("p", { class: "about" }, say("Nothing was there to read for you when this page was made.")));
    const whole = section("read", say("To read"), ...parts);
    whole.id = "read";
    return whole;
  }

  function point(one) {
    const about = [one.speaker, one.minutes && say("{minutes} min", { minutes: number(one.minutes) })].filter(Boolean).join(", ");
    return make("li", { class: "point" }, make("span", { class: "about" }, one.starts ? clock(one.starts) : ""),
      make("span", {}, theirs("span", one.title), about ? theirs("p", about, { class: "about" }) : ""));
  }

  function shown(one, files) {
    const words = make("span", {}, theirs("span", one.name), make("span", { class: "about" }, one.at === null ? say("{size}, not in this page: ask for it", { size: size(one.size) }) : size(one.size)));
    if (one.at === null) return make("li", { class: "document" }, words);
    const file = files.slice(one.at, one.at + one.size);
    const save = make("button", { type: "button", class: "second", "aria-label": say("Save {name}", { name: one.name }), on: { click: () => saveAs([file], one.name, "application/octet-stream") } }, say("Save"));
    const item = make("li", { class: "document" }, words, save);
    const text = one.size <= 65536 && /\.(txt|md|csv)$/i.test(one.name) ? new TextDecoder().decode(file) : "";
    if (text) item.append(make("details", {}, make("summary", {}, say("Show the text")), theirs("pre", text, { class: "written" })));
    return item;
  }

  // Fields. Each gives `node` and `read`, which returns what was typed as the file of an answer holds it, or throws a
  // Problem that says in words what is missing. The program of whoever takes it judges all of it once more.

  class Problem extends Error {}

  /** Without what cannot be seen and steers what can: controls and marks of writing direction. */
  const clean = (text, lines) => text.replace(/\r\n?/g, "\n").replace(lines ? /(?![\n\t])\p{Cc}|[\p{Cs}\p{Zl}\p{Zp}]|\p{Bidi_Control}/gu : /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|\p{Bidi_Control}/gu, "").trim();

  function fits(text, type) {
    if (utf8.encode(text).length > BYTES[type]) throw new Problem(say("This is too long: at most {most} letters of the Latin alphabet, fewer of others.", { most: number(BYTES[type]) }));
    return text;
  }

  function single(field, control, hint, read) {
    const id = fresh(), why = make("p", { class: "why", id: `${id}-why` });
    control.id = id;
    const told = hint ? make("p", { class: "hint", id: `${id}-hint` }, hint) : "";
    control.setAttribute("aria-describedby", hint ? `${id}-hint ${id}-why` : `${id}-why`);
    const node = make("div", { class: field.type === "long" ? "field wide" : "field" }, make("label", { for: id }, ...title(field)), control, told, why);
    return { node, why, control, read };
  }

  function group(field, hint, parts, first, read) {
    const why = make("p", { class: "why", id: fresh() });
    const node = make("fieldset", { class: "field wide", "aria-describedby": why.id }, make("legend", {}, ...title(field)), hint ? make("p", { class: "hint" }, hint) : "", ...parts, why);
    return { node, why, control: first, read };
  }

  function title(field) {
    const name = theirs("span", field.title);
    return field.optional ? [name, make("span", { class: "optional" }, ` (${say("optional")})`)] : [name];
  }

  const option = (value, text = value) => theirs("option", text, { value });

  function text(field) {
    const lines = field.type === "long";
    const control = lines ? make("textarea", { dir: "auto" }) : make("input", { type: "text", dir: "auto", autocomplete: "off" });
    const whole = single(field, control, field.type === "words" ? say("Several with commas between") : field.words.length ? say("Choose a word of the list, or write another") : "", () => {
      const typed = clean(control.value, lines);
      if (field.type !== "words") return typed ? fits(typed, field.type) : null;
      const words = typed.split(/[,;،、؛]/).map((word) => fits(word.trim(), "words")).filter(Boolean);
      if (words.length > WORDS) throw new Problem(say("These are {number}; at most {most} go in.", { number: number(words.length), most: number(WORDS) }));
      return words;
    });
    if (field.words.length) {
      const list = make("datalist", { id: fresh() }, ...field.words.map((word) => option(word)));
      control.setAttribute("list", list.id);
      whole.node.append(list);
    }
    return whole;
  }

  function choice(field) {
    const control = make("select", {}, option("", say("Choose")), ...field.words.map((word) => option(word)));
    return single(field, control, "", () => control.value || null);
  }

  function place(field, told) {
    const lists = told.places.map((one) => make("optgroup", { label: one.title }, ...one.places.map(([code, name]) => option(code, name))));
    const control = make("select", {}, option("", say("Choose")), ...lists);
    return single(field, control, "", () => control.value || null);
  }

  function typed(field, type, pattern, hint, problem) {
    const control = make("input", { type, autocomplete: "off", inputmode: type === "text" ? "decimal" : null, placeholder: hint });
    return single(field, control, "", () => {
      const value = clean(control.value).replace(type === "text" ? "," : "", type === "text" ? "." : "");
      if (control.validity.badInput || (value && !pattern.test(value))) throw new Problem(problem);
      return value || null;
    });
  }

  const MONTH = /^(19|2[01])\d\d-(0[1-9]|1[0-2])$/;

  function months(field) {
    const ends = [say("From"), say("To")].map((name) => ({ id: fresh(), name }));
    const controls = ends.map(({ id }) => make("input", { id, type: "month", placeholder: "YYYY-MM", autocomplete: "off" }));
    const pair = make("div", { class: "pair" }, ...ends.map(({ id, name }, at) => make("div", {}, make("label", { for: id }, name), controls[at])));
    return group(field, say("Either may be left open"), [pair], controls[0], () => {
      const [first, last] = controls.map((control) => clean(control.value));
      if ([first, last].some((month) => month && !MONTH.test(month))) throw new Problem(say("Write each month as year and month: 2027-03."));
      if (first && last && last < first) throw new Problem(say("The end lies before the beginning."));
      return first || last ? `${first}/${last}` : null;
    });
  }

  function choices(field) {
    const boxes = field.words.map((word) => make("input", { type: "checkbox", value: word }));
    const ticks = boxes.map((box) => make("label", { class: "tick" }, box, theirs("span", box.value)));
    return group(field, "", ticks, boxes[0], () => boxes.filter((box) => box.checked).map((box) => box.value));
  }

  function rank(field) {
    const numbers = field.words.map((_, at) => String(at + 1));
    const controls = field.words.map(() => make("select", {}, option("", "–"), ...numbers.map((number) => option(number))));
    const lines = field.words.map((word, at) => make("label", { class: "pick" }, theirs("span", word), controls[at]));
    return group(field, say("1 for what comes first; leave out what you do not want to place"), lines, controls[0], () => {
      const placed = field.words.map((word, at) => [Number(controls[at].value), word]).filter(([number]) => number);
      if (new Set(placed.map(([number]) => number)).size < placed.length) throw new Problem(say("Two have the same place."));
      return placed.sort(([one], [other]) => one - other).map(([, word]) => word);
    });
  }

  function points(field) {
    const controls = field.words.map(() => make("input", { type: "number", min: 0, max: field.points, step: 1, inputmode: "numeric" }));
    const lines = field.words.map((word, at) => make("label", { class: "pick" }, theirs("span", word), controls[at]));
    return group(field, say("{points} points to share out", { points: number(field.points) }), lines, controls[0], () => {
      if (controls.some((control) => !control.validity.valid)) throw new Problem(say("Points are whole numbers."));
      const given = field.words.map((word, at) => [word, Number(controls[at].value)]).filter(([, number]) => number);
      if (given.reduce((sum, [, number]) => sum + number, 0) > field.points) throw new Problem(say("There are {points} points in all.", { points: number(field.points) }));
      return Object.fromEntries(given);
    });
  }

  function build(field, told) {
    switch (field.type) {
      case "choice": return choice(field);
      case "choices": return choices(field);
      case "rank": return rank(field);
      case "points": return points(field);
      case "place": return place(field, told);
      case "months": return months(field);
      case "month": return typed(field, "month", MONTH, "YYYY-MM", say("Write year and month: 2027-03."));
      case "date": return typed(field, "date", /^(19|2[01])\d\d-\d\d-\d\d$/, "YYYY-MM-DD", say("Write year, month and day: 2027-03-31."));
      case "number": return typed(field, "text", /^-?\d{1,15}(\.\d{1,6})?$/, "", say("Write digits, with a point before decimals."));
      default: return text(field);
    }
  }

  const isEmpty = (value) => value === null || (Array.isArray(value) ? !value.length : typeof value === "object" && !Object.keys(value).length);

  /** @param {{field: object, part: object}[]} parts What was typed, by name; problems stand beside their fields. */
  function readAll(parts, problems, started) {
    const values = {};
    for (const { field, part } of parts) {
      let problem = "";
      try {
        values[field.name] = part.read();
        if (started(values) && isEmpty(values[field.name]) && !field.optional) problem = say("Please answer this.");
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        problem = error.message;
        values[field.name] = "";
      }
      tell(part, problem);
      if (problem) problems.push(part);
    }
    return values;
  }

  function tell(part, problem) {
    part.why.textContent = problem;
    if (problem) part.control.setAttribute("aria-invalid", "true");
    else part.control.removeAttribute("aria-invalid");
  }

  // Questions and exercises

  function table(question, told) {
    const rows = [], list = make("div");
    const add = () => {
      const parts = question.columns.map((field) => ({ field, part: build(field, told) }));
      const name = make("span"), row = { parts, name };
      const remove = make("button", { type: "button", class: "quiet", on: { click: () => {
        rows.splice(rows.indexOf(row), 1);
        row.node.remove();
        count();
        changed();
        more.focus();
      } } }, say("Remove"));
      row.remove = remove;
      row.node = make("fieldset", { class: "row" }, make("legend", {}, name, remove), make("div", { class: "cells" }, ...parts.map(({ part }) => part.node)));
      rows.push(row);
      list.append(row.node);
      count();
      return row;
    };
    const count = () => {
      rows.forEach((row, at) => {
        row.name.textContent = say("Row {row}", { row: number(at + 1) });
        row.remove.hidden = rows.length === 1;
        row.remove.setAttribute("aria-label", say("Remove row {row}", { row: number(at + 1) }));
      });
      more.hidden = rows.length >= ROWS;
    };
    const more = make("button", { type: "button", class: "second", on: { click: () => { add().parts[0].part.control.focus(); changed(); } } }, say("Add a row"));
    add();
    const node = make("div", { class: "field" }, theirs("p", question.title, { class: "about" }), list, more);
    return { node, read: (problems) => rows.map((row) => {
      // A row in which nothing was typed is none; first see whether there is anything, then what is missing.
      const something = row.parts.some(({ part }) => { try { return !isEmpty(part.read()); } catch { return true; } });
      const values = readAll(row.parts, problems, () => something);
      return something ? values : null;
    }).filter(Boolean) };
  }

  function exercise(one, told) {
    const questions = one.questions.map((question) => question.type === "rows"
      ? { question, table: table(question, told) }
      : { question, part: build(question.columns[0], told) });
    const node = section(`e${one.exercise}`, theirs("span", one.title),
      one.sealed ? make("p", { class: "about" }, say("People write first here, and all answers are revealed together. Whoever enters yours can read it before.")) : "",
      ...questions.map(({ table, part }) => (table || part).node));
    const read = (problems) => {
      const mine = [], found = {};
      for (const { question, table } of questions) if (table) found[question.name] = table.read(mine);
      const single = questions.filter(({ part }) => part).map(({ question, part }) => ({ field: question.columns[0], part }));
      const started = mine.length || Object.values(found).some((rows) => rows.length)
        || single.some(({ part }) => { try { return !isEmpty(part.read()); } catch { return true; } });
      Object.assign(found, readAll(single, mine, () => started));
      problems.push(...mine);
      if (!started) return null;
      if (utf8.encode(JSON.stringify(found)).length > told.room) {
        problems.push({ why: byId("send-why"), control: node });
        throw new Problem(say("The answer is longer than what goes in at once. Shorten it, or send the rest as a file."));
      }
      return { exercise: one.exercise, questions: found };
    };
    return { node, read };
  }

  function slot(told) {
    const field = { title: say("One file"), optional: true, type: "file", words: [] };
    const control = make("input", { type: "file" });
    return single(field, control, say("At most {size}. Everybody in the call can open it, guests too.", { size: size(told.most) }), () => {
      const file = control.files[0];
      if (file && file.size > told.most) throw new Problem(say("This file has {size}; at most {most} can go along.", { size: size(file.size), most: size(told.most) }));
      return file || null;
    });
  }

  // Sending

  let changed = () => undefined;

  function sending(told, code, page) {
    const asked = told.exercises.map((one) => exercise(one, told)), file = slot(told);
    const why = make("p", { class: "why", id: "send-why", role: "alert" });
    const result = make("div", { tabindex: -1 });
    let dirty = false;
    const settle = (sealed) => {
      button.textContent = sealed ? say("Seal it again") : say("Seal my answer");
      button.className = sealed ? "second" : "";
    };
    changed = () => { dirty = true; result.replaceChildren(); settle(false); };
    const act = async () => {
      const problems = [];
      why.textContent = "";
      result.replaceChildren();
      try {
        const answers = asked.map((one) => one.read(problems)).filter(Boolean);
        const [one] = Object.values(readAll([{ field: { name: "file", optional: true }, part: file }], problems, () => true));
        if (problems.length) throw new Problem(problems.length === 1 ? say("One thing above needs your attention.") : say("{number} things above need your attention.", { number: number(problems.length) }));
        if (!answers.length && !one) throw new Problem(say("There is nothing to send yet: answer something, or choose a file."));
        const bytes = one ? new Uint8Array(await one.arrayBuffer()) : new Uint8Array(0);
        const words = utf8.encode(JSON.stringify({ version: 1, answers, file: one ? { name: clean(one.name).slice(0, 1000), size: bytes.length } : null }));
        const sealed = toBase64(await seal(concat(four(words.length), words, bytes), code, page));
        give(`${BEGIN}\n${sealed.match(/.{1,64}/g).join("\n")}\n${END}\n`);
      } catch (error) {
        why.textContent = error instanceof Problem ? error.message : say("The file could not be read. Choose it again.");
        const first = problems[0];
        if (first) { first.control.focus(); first.control.scrollIntoView({ block: "center" }); }
      }
    };
    const give = (armoured) => {
      const out = make("textarea", { id: "out", readonly: true, spellcheck: "false" });
      out.value = armoured;
      const done = make("p", { role: "status", class: "hint" });
      const copy = make("button", { type: "button", on: { click: async () => {
        try { await navigator.clipboard.writeText(armoured); } catch { out.select(); document.execCommand("copy"); }
        done.textContent = say("Copied. Paste it into a message to whoever gave you this page.");
        dirty = false;
      } } }, say("Copy the text"));
      const save = make("button", { type: "button", class: armoured.length > COPIED ? "" : "second", on: { click: () => {
        saveAs([armoured], "sealed-answer.txt", "text/plain");
        done.textContent = say("Saved as sealed-answer.txt. Send that file to whoever gave you this page.");
        dirty = false;
      } } }, say("Save it as a file"));
      const long = armoured.length > COPIED;
      const how = long ? say("It is too long for a message: save it as a file, and send that back.") : say("Send it back by any way you like, as a message or as a file.");
      result.replaceChildren(
        make("div", { class: "note good" }, make("p", {}, make("strong", {}, `${say("Sealed, and not sent yet.")} `), `${how} ${say("Only whoever has the code can read it.")}`)),
        ...(long ? [] : [make("label", { for: "out" }, say("Your sealed answer")), out]),
        make("div", { class: "actions" }, ...(long ? [save] : [copy, save])), done,
        make("p", { class: "about" }, say("When it has arrived, delete this page, what you saved, and the code.")));
      settle(true);
      result.focus();
      result.scrollIntoView({ block: "start" });
    };
    const button = make("button", { type: "button", on: { click: act } }, say("Seal my answer"));
    const send = section("send", say("Seal it and send it back"), file.node, why, make("div", { class: "actions" }, button), result);
    send.id = "send";
    const form = make("form", { id: "answer", novalidate: true, on: { input: changed, submit: (event) => event.preventDefault() } },
      ...(asked.length ? asked.map((one) => one.node) : [make("p", { class: "about" }, say("No exercise was open for you when this page was made. You can send a file."))]), send);
    window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
    return form;
  }

  // The door

  function enter(told, files, code, page) {
    const inside = byId("inside");
    inside.replaceChildren(...top(told), toRead(told, files), sending(told, code, page));
    byId("door").hidden = true;
    inside.hidden = false;
    byId("title").focus();
    window.scrollTo(0, 0);
  }

  async function unlock(event) {
    event.preventDefault();
    const input = byId("code"), why = byId("code-why");
    const refuse = (words) => { why.textContent = words; input.setAttribute("aria-invalid", "true"); input.focus(); };
    why.textContent = "";
    const code = await readCode(input.value);
    if (!code) return refuse(say("This code is not complete, or has a typing mistake in it."));
    let opened;
    try {
      opened = await open(fromBase64(byId("sealed").textContent), code);
    } catch {
      return refuse(say("This code does not open this page, or the file was changed or cut on its way."));
    }
    const [words, files] = measured(opened.content), told = JSON.parse(new TextDecoder().decode(words));
    if (told.version !== 1) return refuse(say("This page is of another version. Ask for a new one."));
    input.value = "";
    enter(told, files, code, opened.page);
  }

  // What to do where nothing of this runs stands in the page from the start.
  if (globalThis.crypto && crypto.subtle) {
    byId("unlock").addEventListener("submit", unlock);
    byId("unlock").hidden = false;
    byId("unable").hidden = true;
  }
})();
