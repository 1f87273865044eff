/** One HTML file about what was checked: no script, nothing loaded, light and dark. It opens from disk, and from a build's artifacts. */
import { duration } from '../../io/terminal.ts';
import { htmlPage } from '../../../../explain/formats/html-page.ts';
import { element, xml } from '../../../../explain/formats/xml.ts';
import type { Reporter } from '../reporter.ts';
import type { Result } from '../result.ts';
import { aboutFailures } from './failures.ts';
import { aboutProgress } from './progress.ts';
import { aboutRules } from './rules.ts';
import { aboutSituations } from './situations.ts';
import { STYLE } from './style.ts';

const WORDS = { passed: 'holds', failed: 'broken', unfinished: 'unfinished' } as const;

export const html: Reporter = (results) => htmlPage(`cowcheck: ${wordOf(results)}`, STYLE, ['<main>', ...results.map(section), '</main>']);

const outcomesOf = (results: readonly Result[]): Set<string> =>
  new Set(results.flatMap(({ cases }) => cases.map(({ outcome }) => outcome)));

function wordOf(results: readonly Result[]): string {
  const outcomes = outcomesOf(results);
  return WORDS[outcomes.has('failed') ? 'failed' : outcomes.has('unfinished') ? 'unfinished' : 'passed'];
}

function section(result: Result): string {
  const { name, search, cowcheck, started, duration: took } = result;
  const word = wordOf([result]);
  const when = `${started.slice(0, 10)} ${started.slice(11, 16)} UTC, ${duration(took)}, cowcheck ${cowcheck}`;
  return [
    element('h1', {}, `${xml(name)} ${badge(word)}`),
    element('p', { class: 'dim' }, xml(search === null ? when : `${search.scope}. ${when}.`)),
    modes(result),
    ...(search === null
      ? []
      : [aboutFailures(search), aboutProgress(result), aboutSituations(search), aboutRules(search), options(search.options)]),
  ].join('\n');
}

const badge = (word: string): string => element('span', { class: `badge ${word}` }, word);

/** A line for each case: a mode without failures, a failure, or a trace. */
function modes({ cases }: Result): string {
  const rows = cases.map(({ name, outcome, message, kind }) =>
    element(
      'tr',
      {},
      `${element('th', { scope: 'row' }, xml(name))}<td>${badge(WORDS[outcome])}</td>` +
        `<td>${xml(outcome === 'failed' ? kind : message)}</td>`,
    ),
  );
  return element('div', { class: 'wide' }, element('table', { class: 'stack' }, `<tbody>${rows.join('')}</tbody>`));
}

function options(all: object): string {
  const rows = Object.entries(all).map(
    ([key, value]) => `<tr>${element('th', { scope: 'row' }, xml(key))}<td>${xml(JSON.stringify(value))}</td></tr>`,
  );
  return `<details><summary>Options</summary><div class="wide"><table><tbody>${rows.join('')}</tbody></table></div></details>`;
}
