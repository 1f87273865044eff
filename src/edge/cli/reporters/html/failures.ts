/** Failures by what causes them, each with its sentence and how to run it again. */
import { plural } from '../../io/terminal.ts';
import { element, xml } from '../../../../explain/formats/xml.ts';
import { type FailureJson, type SearchJson, casesOfSearch } from '../result.ts';

export function aboutFailures(search: SearchJson): string {
  if (search.failures.length === 0) return '';
  const commands = new Map(casesOfSearch(search).map(({ trace, command }) => [trace, command]));
  const causes = new Map<string, FailureJson[]>();
  for (const failure of search.failures) causes.set(causeOf(failure), [...(causes.get(causeOf(failure)) ?? []), failure]);
  const articles = [...causes].map(([cause, failures]) =>
    element(
      'article',
      {},
      element('h3', {}, xml(cause)) + failures.map((failure) => told(failure, commands.get(failure.trace) ?? null)).join(''),
    ),
  );
  return `<h2>Failures by cause</h2>${articles.join('')}`;
}

const causeOf = ({ cause, property }: FailureJson): string => (cause.length === 0 ? property : `without ${cause.join(', ')}`);

function told({ property, mode, sentence, steps, preemptions, guestRequests, minimal }: FailureJson, command: string | null): string {
  const size = [plural(guestRequests, 'guest request'), plural(preemptions, 'preemption'), plural(steps, 'step')].join(', ');
  return [
    element('p', { class: 'sentence' }, xml(sentence)),
    element('p', { class: 'dim' }, `${xml(mode.toUpperCase())}, <code>${xml(property)}</code>; ${xml(size)}; minimal: ${xml(minimal)}`),
    ...(command === null ? [] : [element('pre', {}, xml(command))]),
  ].join('');
}
