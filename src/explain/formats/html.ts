/** An explanation as one HTML file that opens from disk: no script, no address, nothing loaded. */
import { printable } from '../../trace/printable.ts';
import { writeTrace } from '../../trace/write.ts';
import { HEADS, isLast, markOf } from '../columns.ts';
import type { Explanation, Row } from '../explanation.ts';
import { commandsFor, headline, reasonsOf } from '../reasons.ts';
import { shellWord } from '../shell-word.ts';
import { pairsOf } from '../side-by-side.ts';
import { htmlPage } from './html-page.ts';
import { svgOfExplanation } from './svg.ts';
import { element, xml } from './xml.ts';

const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1b1b;--dim:#595959;--line:#ccc;--mark:#fff1d6;--bad:#9b0025}
@media (prefers-color-scheme:dark){:root{--bg:#16181c;--fg:#f0f0f0;--dim:#b0b0b0;--line:#444;--mark:#3a2a08;--bad:#ff8fa3}}
body{background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;max-width:76rem;margin:2rem auto;padding:0 1rem}
h1{color:var(--bad);font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}.sentence{font-size:1.15rem}.dim{color:var(--dim)}
.wide{overflow-x:auto}table{border-collapse:collapse;font:13px/1.4 ui-monospace,monospace}\
th,td{border-bottom:1px solid var(--line);padding:.2rem .7rem .2rem 0;text-align:left;vertical-align:top;white-space:nowrap}
tr.guilty{background:var(--mark)}tr.broke{color:var(--bad);font-weight:700}\
dt{font-weight:700}dd{margin:0 0 .5rem 0}pre{overflow-x:auto;border:1px solid var(--line);padding:.7rem}
`.trim();

export function htmlOfExplanation(explanation: Explanation, path: string): string {
  const { sentence, detail, scenario, guilty, trace } = explanation;
  const title = headline(explanation);
  const body = [
    element('h1', {}, xml(title)),
    element('p', { class: 'sentence' }, xml(sentence)),
    element('p', { class: 'dim' }, xml(`${detail}. ${scenario}.`)),
    element('div', { class: 'wide' }, svgOfExplanation(explanation, false)),
    '<h2>Relevant steps</h2>',
    element('ol', {}, guilty.map(({ step, note }) => element('li', {}, `<strong>Step ${step}</strong>: ${xml(note)}`)).join('')),
    '<h2>Why</h2>',
    element(
      'dl',
      {},
      reasonsOf(explanation)
        .map(({ label, text }) => `${element('dt', {}, xml(label))}${element('dd', {}, xml(text))}`)
        .join(''),
    ),
    ...beside(explanation),
    '<h2>Next</h2>',
    element(
      'pre',
      {},
      commandsFor(explanation, printable(shellWord(path)))
        .map(({ text }) => xml(text))
        .join('\n'),
    ),
    `<details><summary>All ${explanation.rows.length} steps</summary><div class="wide">${stepTable(explanation)}</div></details>`,
    `<details><summary>The trace</summary>${element('pre', {}, writeTrace(trace).trimEnd().split('\n').map(xml).join('\n'))}</details>`,
  ];
  return htmlPage(title, STYLE, body);
}

function beside(explanation: Explanation): string[] {
  const pairs = pairsOf(explanation, false);
  if (pairs.length === 0) return [];
  const rows = pairs.map(({ n, here, correct, isParting }) =>
    element('tr', isParting ? { class: 'guilty' } : {}, [String(n), here, correct].map((text) => `<td>${xml(text)}</td>`).join('')),
  );
  return [
    '<h2>The same schedule on the correct job</h2>',
    '<div class="wide"><table><thead><tr><th>step</th><th>this job</th><th>correct ' +
      `job</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`,
  ];
}

function stepTable(explanation: Explanation): string {
  const { rows } = explanation;
  const head = ['step', 'who', 'does', 'shows', HEADS.source, HEADS.target, HEADS.bit, HEADS.shows]
    .map((name) => `<th>${xml(name)}</th>`)
    .join('');
  const body = rows.map((row) => rowOf(row, isLast(explanation, row), markOf(explanation, row))).join('');
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function rowOf({ n, who, what, saw, state, note }: Row, broke: boolean, mark: string): string {
  const cells = [`${n} ${mark}`, who, what, saw, state?.source ?? '', state?.target ?? '', state?.bit ?? '', state?.shows ?? ''];
  const style = broke ? 'broke' : note === null ? '' : 'guilty';
  return element('tr', style === '' ? {} : { class: style }, cells.map((text) => `<td>${xml(text)}</td>`).join(''));
}
