/**
 * One JSON object a line, each with an `event`: `start`, `progress`, `failure`, `end` of each search; a replay has a `case` for each
 * trace instead.
 * For whatever reads logs line by line.
 */
import { json } from '../io/terminal.ts';
import type { Reporter } from './reporter.ts';
import type { Result } from './result.ts';

export const ndjson: Reporter = (results) =>
  results
    .flatMap(eventsOf)
    .map((event) => json(event))
    .join('');

function eventsOf({ name, cowcheck, started, duration, search, cases, samples }: Result): object[] {
  const ended = { event: 'end', name, duration, ...(search === null ? {} : withoutFailures(search)) };
  return [
    { event: 'start', name, cowcheck, started, ...(search === null ? {} : { scope: search.scope, options: search.options }) },
    ...samples.map((sample) => ({ event: 'progress', name, ...sample })),
    ...(search === null ? cases.map((one) => ({ event: 'case', ...one })) : search.failures.map((one) => ({ event: 'failure', ...one }))),
    ended,
  ];
}

/** They, and what the start has said, are not told twice. */
const withoutFailures = ({ failures: _failures, scope: _scope, options: _options, ...rest }: NonNullable<Result['search']>): object => rest;
