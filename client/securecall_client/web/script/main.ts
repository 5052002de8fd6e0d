/** The one script of the pages. It loads nothing from anywhere and runs nothing that stands in a page. */

import "htmx.org";
import "htmx.org/dist/ext/hx-download.js";
import "htmx.org/dist/ext/hx-sse.js";
import "./requests";
import "./keep";

import { takeAnswers } from "./answer";
import { keepDoor } from "./door";
import { takeFiles } from "./files";
import { keepFocus } from "./focus";
import { followPresenter } from "./follow";
import { handOver } from "./hand";
import { tellChanges } from "./heard";
import { follow } from "./live";
import { showDocuments } from "./looking";
import { begin, takeLinks } from "./pages";
import { takePictures } from "./picture";
import { takeTexts } from "./taken";
import { tellWaiting } from "./waiting";
import { keepWords } from "./words";

async function start(): Promise<void> {
  takeLinks();
  keepFocus();
  tellChanges();
  takeAnswers();
  takePictures();
  takeTexts();
  keepDoor();
  followPresenter();
  handOver();
  takeFiles();
  showDocuments();
  tellWaiting();
  keepWords();
  if (await begin()) follow();
}

void start();
