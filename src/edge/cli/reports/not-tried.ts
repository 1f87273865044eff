/** What a search by chance has left out although it could have tried it: a job that holds may break there. */
import { plural } from '../io/terminal.ts';

/** Those of `check` that say what is drawn. */
interface Drawn {
  readonly faults: boolean;
  readonly effects: string;
  readonly wake: string;
  readonly clusters: number;
  readonly writes: number;
}

/** @param options of a search that draws its scenarios. @returns in words, what is most worth trying first */
export function notTried({ faults, effects, wake, clusters, writes }: Drawn): string[] {
  return [
    ...(faults ? [] : ['I/O errors (--faults)']),
    effects === 'sector' ? 'I/O that takes effect per cluster (--effects cluster)' : 'I/O that takes effect per sector (--effects sector)',
    ...(wake === 'any' ? [] : ['other wake orders (--wake any)']),
    `more than ${plural(clusters, 'cluster')} (--clusters) and ${plural(writes, 'request')} (--writes)`,
  ];
}
