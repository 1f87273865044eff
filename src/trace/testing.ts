/** For specs only: what formats of traces have in common. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { type Trace, TraceError } from './format.ts';
import { readTrace } from './read.ts';

export const golden = (name: string): string => readFileSync(new URL(`golden/${name}.trace.yaml`, import.meta.url), 'utf8');

/** The smallest trace there is: without the rule, a write lands before the copy. */
export const SMALL_TRACE: Trace = {
  job: 'correct',
  without: ['copyBeforeWrite'],
  wake: 'any',
  effects: 'cluster',
  scenario: {
    mode: 'full',
    disk: { sectors: 1, clusterSectors: 2, zero: [], discardReads: 'zero' },
    targetClusterSectors: 0,
    guest: [{ id: 'g1', kind: 'write', first: 0, count: 1, after: [], early: false }],
    cancel: false,
    cancelAfter: [],
  },
  schedule: [
    { who: 'job', what: 'start', saw: 'T0, hook linked' },
    { who: 'g1', what: 'write.start', saw: '' },
    { who: 'g1', what: 'write.send c0', saw: '' },
    { who: 'g1', what: 'write.land c0', saw: 's0.g1' },
  ],
  verdict: {
    property: 'snapshot-kept',
    step: 4,
    sector: 0,
    expected: 's0@0',
    got: 's0.g1',
    detail: 'sector 0 should be s0@0 and is s0.g1: the backup shows it from the source',
  },
  cause: ['copyBeforeWrite'],
  minimal: 'best effort (12 tries)',
  found: { strategy: 'portfolio', seed: 'a', run: 3 },
};

/** The error that reading ends in. It must be a TraceError, of one line. */
export function errorOf(text: string): string {
  try {
    readTrace(text);
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    expect(error.message).toMatch(/^[^\n\r]{10,400}$/);
    return error.message;
  }
  throw new Error('it was read');
}
