/** The HTML around script and style: what may run in it, the traces it plays, and what can be read without a script. */
import { readFileSync, readdirSync } from 'node:fs';
import { readTrace } from '../../src/trace/read.ts';
import type { PageData } from '../common/data.ts';
import { COURSE } from '../lessons/lessons.ts';
import { glossaryOf } from '../common/glossary.ts';
import { PRESETS } from '../common/presets.ts';
import { withoutScript } from './without-script.ts';

interface Parts {
  /** The repository. */
  readonly root: string;
  readonly script: string;
  readonly style: string;
  /** What reads a stranger's trace, in a worker of its own. */
  readonly reader: string;
  /** As a Content-Security-Policy names what may run. */
  readonly hashOf: (text: string) => string;
}

export function pageOf({ root, script, style, reader, hashOf }: Parts): string {
  const data: PageData = {
    course: COURSE,
    gallery: tracesIn(`${root}traces/gallery`),
    lessons: tracesIn(`${root}traces/lessons`),
    presets: PRESETS,
    glossary: glossaryOf(readFileSync(`${root}docs/glossary.md`, 'utf8')),
  };
  const body = withoutScript(data);
  const styles = [style, ...new Set([...body.matchAll(/<style>([^<]*)<\/style>/g)].map(([, text]) => text!))];
  const policy =
    `default-src 'none'; script-src ${hashOf(script)}; style-src ${styles.map(hashOf).join(' ')}; worker-src ` +
    `blob:; img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="cowcheck">
<meta name="color-scheme" content="light dark">
<title>cowcheck: how a backup of a running disk works, and breaks</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app">${body}</div>
<script type="application/json" id="data">${jsonInHtml(data)}</script>
<script type="text/plain" id="reader">${reader}</script>
<script id="script">${script}</script>
</body>
</html>
`;
}

/** By name, without the end `.trace.yaml`. */
function tracesIn(folder: string): PageData['gallery'] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.trace.yaml'))
    .toSorted();
  return Object.fromEntries(names.map((name) => [name.replace('.trace.yaml', ''), readTrace(readFileSync(`${folder}/${name}`, 'utf8'))]));
}

/** No text in it ends the script that it stands in. */
const jsonInHtml = (data: unknown): string => JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
