/** What a search by chance has left out although it could have tried it: a job that holds may break there. */
import { plural } from '../io/terminal.ts';
import type { CheckOptions } from './report.ts';

type Options = Pick<CheckOptions, 'faults' | 'effects' | 'wake' | 'clusters' | 'writes'>;

/** @param options of a search that draws its scenarios. @returns in words, what is most worth trying first */
export function notTried({ faults, effects, wake, clusters, writes }: Options): string[] {
  return [
    ...(faults ? [] : ['I/O errors (--faults)']),
    effects === 'sector' ? 'I/O that takes effect per cluster (--effects cluster)' : 'I/O that takes effect per sector (--effects sector)',
    ...(wake === 'any' ? [] : ['other orders of those who are woken (--wake any)']),
    `more than ${plural(clusters, 'cluster')} (--clusters) and ${plural(writes, 'request')} (--writes)`,
  ];
}
