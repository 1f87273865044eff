/** Which situations were met, and how rarely; and what that says of those that were not. */
import { count } from '../../io/terminal.ts';
import { element, xml } from '../../../../explain/formats/xml.ts';
import type { SearchJson } from '../result.ts';
import { unseenMass } from './saturation.ts';

export function aboutSituations({ marks, schedules }: SearchJson): string {
  const all = Object.entries(marks).toSorted(([, a], [, b]) => a - b);
  if (all.length === 0 || schedules === 0) return '';
  const met = all.filter(([, runs]) => runs > 0).length;
  const { once, estimate, low, high } = unseenMass(Object.values(marks), schedules);
  const rare = once === 0 ? 'None of them was' : once === 1 ? 'One of them was' : `${count(once)} of them were`;
  const unseen =
    `${rare} met in a single run only, so the chance that one more run meets a new situation is about ` +
    `${percent(estimate)} (Good and Turing; 95 % confidence: ${percent(low)} to ${percent(high)}). ` +
    'It covers named situations only, for this strategy and these scenarios.';
  return [
    '<h2>Situations</h2>',
    element('p', {}, xml(`${met} of the ${all.length} situations that a good search must meet came up. ${unseen}`)),
    element(
      'div',
      { class: 'wide' },
      element('table', { class: 'situations' }, `${HEAD}<tbody>${all.map(row(schedules)).join('')}</tbody>`),
    ),
  ].join('\n');
}

const HEAD =
  '<thead><tr><th scope="col">situation</th><th scope="col" class="number">runs</th><th scope="col" class="number">one in</th>' +
  '<th scope="col">how often, on a scale of powers of ten</th></tr></thead>';

/** A bar as long as the number has digits: all that is rare would be one pixel otherwise. */
const row =
  (schedules: number) =>
  ([name, runs]: [string, number]): string => {
    const width = runs === 0 ? 0 : (100 * Math.log10(1 + runs)) / Math.log10(1 + schedules);
    const rarity = runs === 0 ? element('strong', { class: 'never' }, 'never') : count(Math.round(schedules / runs));
    const bar = `<span class="bar" style="width:${width.toFixed(1)}%"></span>`;
    return (
      `<tr>${element('th', { scope: 'row' }, xml(name))}<td class="number">${count(runs)}</td>` +
      `<td class="number">${rarity}</td><td class="bars">${bar}</td></tr>`
    );
  };

/** Two digits of it, also where it is small. */
function percent(share: number): string {
  if (share === 0) return '0 %';
  return `${Number((100 * share).toPrecision(2)).toLocaleString('en-US', { maximumSignificantDigits: 2 })} %`;
}
