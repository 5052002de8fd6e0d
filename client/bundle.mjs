// Makes the pages' one script, and beside it the licences of what is in it. Run by `.ci/pages` from the project's folder.

import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

const PACKAGES = "build/pages/node_modules";
const WEB = "client/securecall_client/web";
const OUT = `${WEB}/static/bundle`;
const esbuild = createRequire(resolve("build/pages/package.json"))("esbuild");

/** The packages whose code is in the bundle, by name. */
function bundled(inputs) {
  const found = Object.keys(inputs).map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(found.filter(Boolean))].sort();
}

/** A package's name, version, licence and the licence's text. Throws where it has no licence. */
function licence(name) {
  const folder = join(PACKAGES, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!license || !file) throw new Error(`${name} says no licence, so it cannot go out with the pages.`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
}

const made = await esbuild.build({
  entryPoints: [`${WEB}/script/main.ts`],
  tsconfig: "client/tsconfig.json",
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2020",
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  write: false,
  logLevel: "warning",
});

const words = "SecureCall's own code is under the AGPL-3.0-or-later. The pages' script also holds:\n\n";
writeFileSync(`${OUT}.licenses.txt`, words + bundled(made.metafile.inputs).map(licence).join("\n\n"));
// The script comes last and at once, so that a build that was cut short is never taken for a whole one.
writeFileSync(`${OUT}.js.new`, made.outputFiles[0].contents);
renameSync(`${OUT}.js.new`, `${OUT}.js`);
