/** What the page says to whoever has no JavaScript: until the script runs this is all there is. */
import { element, xml } from '../../src/explain/formats/xml.ts';
import type { PageData } from '../data.ts';

export function withoutScript({ glossary }: PageData): string {
  return [
    '<main class="plain">',
    '<h1>How a backup of a running disk works, and breaks</h1>',
    '<p>Stepping through runs, and breaking a backup by hand, takes JavaScript. The text of the lessons is here without.</p>',
    ...glossary.map(({ title, rows }) => element('section', {}, `${element('h2', {}, xml(title))}${element('dl', {}, rows.map(({ words, means }) => `${element('dt', {}, xml(words))}${element('dd', {}, xml(means))}`).join(''))}`)),
    '</main>',
  ].join('\n');
}
