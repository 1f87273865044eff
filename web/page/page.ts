/** The HTML around script and style: what may run in it, the traces it plays, and what can be read without a script. */
import { readFileSync, readdirSync } from 'node:fs';
import '../../src/families/block-copy.ts';
import '../../src/explain/of-block-copy.ts';
import { explain } from '../../src/explain/explanation.ts';
import { runOfTrace } from '../../src/run/of-trace.ts';
import type { Trace } from '../../src/trace/format.ts';
import { readTrace } from '../../src/trace/read.ts';
import type { Card, FirstData, MoreData } from '../common/data.ts';
import { releasesOf } from '../common/releases.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { COURSE } from '../lessons/lessons.ts';
import { glossaryOf } from '../common/glossary.ts';
import { wordsOfRules } from '../common/rule-words.ts';
import { wordsOfSteps } from '../common/told-steps.ts';
import { PREDICTIONS } from '../common/predictions.ts';
import { LATER_WORDS } from '../common/later-words.ts';
import { PLAIN_STEPS } from '../common/plain-steps.ts';
import { PRESETS } from '../common/presets.ts';
import { RELEASED } from '../common/released.ts';
import { KEYS } from '../common/key-words.ts';
import { withoutScript } from './without-script.ts';

export interface Parts {
  /** The repository. */
  readonly root: string;
  readonly script: string;
  readonly style: string;
  /** What reads a stranger's trace, in a worker of its own. */
  readonly reader: string;
  /** As a Content-Security-Policy names what may run. */
  readonly hashOf: (text: string) => string;
}

/** The front door in its tab, in a search engine and in a shared link. */
export const TITLE = 'cowcheck: break a backup';
export const DESCRIPTION =
  'This backup of a running disk has a bug. Three moves break it: find them. ' +
  "Lessons, games and a checker of QEMU's backup, all in the page.";

/** The theme that was chosen is there before anything is drawn. */
const THEME = `try{document.documentElement.dataset.theme=localStorage.getItem('theme')||'system'}catch{}`;

/** The page as one file, which works from a disk and loads nothing. */
export function pageOf(parts: Parts): string {
  const { first, more } = dataOf(parts.root);
  const body = withoutScript({ ...first, ...more });
  return shell(parts, {
    head: '<link rel="icon" href="data:,">',
    body,
    first,
    more: element('more', 'application/json', jsonInHtml(more)),
    reader: element('reader', 'text/plain', parts.reader),
    connect: '',
  });
}

export interface SiteParts extends Parts {
  /** Where the folder will be served, with a slash at its end; null: not known, and then no picture can be named in full. */
  readonly base: string | null;
}

/** The page as files for a static host: what the first screen does not need is fetched when it is. Addresses are relative. */
export function siteOf(parts: SiteParts): ReadonlyMap<string, string> {
  const { first, more } = dataOf(parts.root);
  const picture = `${parts.base ?? ''}picture.png`;
  const head = [
    '<link rel="icon" type="image/svg+xml" href="icon.svg">',
    '<link rel="apple-touch-icon" href="icon.png">',
    `<meta property="og:type" content="website">`,
    `<meta property="og:title" content="${TITLE}">`,
    `<meta property="og:description" content="${DESCRIPTION}">`,
    `<meta property="og:image" content="${picture}">`,
    '<meta property="og:image:width" content="1200">',
    '<meta property="og:image:height" content="630">',
    ...(parts.base === null ? [] : [`<meta property="og:url" content="${parts.base}">`]),
    '<meta name="twitter:card" content="summary_large_image">',
  ].join('\n');
  const body = '<main class="plain"><h1>cowcheck</h1><p><a href="text.html">The lessons as text</a>: the games take JavaScript.</p></main>';
  const index = shell(parts, {
    head,
    body,
    first,
    more: element('more', 'application/json', '', 'more.json'),
    reader: element('reader', 'text/plain', '', 'reader.js'),
    connect: "connect-src 'self'; ",
  });
  const text = withoutScript({ ...first, ...more });
  return new Map([
    ['index.html', index],
    ['more.json', JSON.stringify(more)],
    ['reader.js', parts.reader],
    ['text.html', document({ title: 'cowcheck: the lessons as text', style: parts.style, hashOf: parts.hashOf, body: text })],
    ['icon.svg', ICON],
    ['404.html', document({ title: 'cowcheck', style: parts.style, hashOf: parts.hashOf, body: NOT_FOUND })],
    ['.nojekyll', ''],
  ]);
}

const NOT_FOUND = '<main class="plain"><h1>There is no such page</h1><p>Every screen is at the start of this site, behind a #.</p></main>';

/** The mark: the old cluster moves out before the new one lands. */
export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect x="2.5" y="9.5" width="12" height="12" rx="3" fill="#cfe6fc" ' +
  'stroke="#0b5a97"/><rect x="9.5" y="2.5" width="12" height="12" rx="3" fill="#ffdc94" stroke="#854800"/></svg>\n';

interface Shell {
  readonly head: string;
  /** What can be read without a script. */
  readonly body: string;
  readonly first: FirstData;
  readonly more: string;
  readonly reader: string;
  /** A part of the policy. */
  readonly connect: string;
}

function shell({ script, style, hashOf }: Parts, { head, body, first, more, reader, connect }: Shell): string {
  const policy =
    `default-src 'none'; script-src ${hashOf(THEME)} ${hashOf(script)}; style-src ${hashesOf(style, body, hashOf)}; ${connect}worker-src ` +
    `blob:; img-src data:${connect === '' ? '' : " 'self'"}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="cowcheck">
<meta name="color-scheme" content="light dark">
<title>${TITLE}</title>
<meta name="description" content="${DESCRIPTION}">
${head}
<script id="theme">${THEME}</script>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>${body}</noscript>
${element('data', 'application/json', jsonInHtml(first))}
<script id="script">${script}</script>
${more}
${reader}
</body>
</html>
`;
}

/** A page that is only read. */
function document({ title, style, hashOf, body }: Pick<Parts, 'style' | 'hashOf'> & { title: string; body: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${hashesOf(style, body, hashOf)}; base-uri 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${style}</style>
</head>
<body>${body}</body>
</html>
`;
}

function hashesOf(style: string, body: string, hashOf: Parts['hashOf']): string {
  return [style, ...new Set([...body.matchAll(/<style>([^<]*)<\/style>/g)].map(([, text]) => text!))].map(hashOf).join(' ');
}

/** A text that the script reads and no browser runs: it stands here, or in a file beside the page. */
function element(id: string, type: string, text: string, file?: string): string {
  return `<script type="${type}" id="${id}"${file === undefined ? '' : ` data-file="${file}"`}>${text}</script>`;
}

const cardOf = ({ id, title, goal }: Lesson): Card => ({ id, title, goal });

function dataOf(root: string): { first: FirstData; more: MoreData } {
  const gallery = tracesIn(`${root}traces/gallery`);
  const { door, ...lessons } = tracesIn(`${root}traces/lessons`);
  const today = tracesIn(`${root}traces/today`);
  const glossary = glossaryOf(readFileSync(`${root}docs/glossary.md`, 'utf8'));
  return {
    // Only what is run: the page finds by itself how it breaks.
    first: { cards: COURSE.lessons.map(cardOf), door: { ...door!, schedule: [], verdict: null, cause: [] } },
    more: {
      rules: wordsOfRules(),
      steps: wordsOfSteps(),
      plainSteps: PLAIN_STEPS,
      laterWords: LATER_WORDS,
      keys: KEYS,
      properties: sentencesOf([...Object.values(gallery), ...Object.values(lessons), ...Object.values(today)]),
      course: COURSE,
      gallery,
      lessons,
      today,
      releases: releasesOf(readFileSync(`${root}docs/releases.md`, 'utf8')),
      preemptions: Object.fromEntries(Object.entries(gallery).map(([name, trace]) => [name, explain(trace)!.preemptions])),
      released: RELEASED,
      presets: PRESETS,
      predictions: PREDICTIONS,
      glossary,
    },
  };
}

/** Of all properties that any of these runs asks, by name. */
function sentencesOf(traces: readonly Trace[]): MoreData['properties'] {
  const all = traces.flatMap((trace) => runOfTrace(trace).run.properties.all);
  return Object.fromEntries(all.map(({ name, sentence }) => [name, sentence]));
}

/** By name, without the end `.trace.yaml`. */
function tracesIn(folder: string): MoreData['gallery'] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.trace.yaml'))
    .toSorted();
  return Object.fromEntries(names.map((name) => [name.replace('.trace.yaml', ''), readTrace(readFileSync(`${folder}/${name}`, 'utf8'))]));
}

/** No text in it ends the script that it stands in. */
const jsonInHtml = (data: unknown): string => JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
