import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Trace } from '../trace/format.ts';
import { readTrace } from '../trace/read.ts';
import { realColumns, realRows } from './real-run.ts';

const full = readTrace(readFileSync(new URL('../validate/logs/full.trace.yaml', import.meta.url), 'utf8'));
/** As if g2 had come to the disk before the copy of its cluster had read. */
const broken: Trace = {
  ...full,
  schedule: full.schedule
    .slice(0, 14)
    .map((step) => (step.what === 'read.took 0-65535' || step.what === 'write.land 0-65535' ? { ...step, saw: 'at 0 s0@0 s1.g2' } : step)),
  verdict: { property: 'snapshot-kept', step: 14, sector: 1, expected: 's1@0', got: 's1.g2', detail: '' },
};

it('shows what the sector held after each step that had a part in it', () => {
  expect(realColumns(broken, { width: 80, full: false })).toEqual([
    '    step  (sector 1)                            source  target  shows',
    '       1  user: start workers 1 chunk 65536 T0  s1@0    -',
    '          ... 3 unrelated steps ...',
    '       5  g2: write sector 1                    s1@0    -',
    '          ... 3 unrelated steps ...',
    '       9  source: read.took 0-65535 s1.g2       s1@0    -',
    '          ... 4 unrelated steps ...',
    'X     14  target: write.land 0-65535 s1.g2      s1@0    s1.g2   s1.g2',
  ]);
});

it('keeps to the width, and follows source and target', () => {
  for (const line of realColumns(full, { width: 60, full: true })) expect(line.length, line).toBeLessThanOrEqual(60);
  expect(realRows(full).at(-1)).toMatchObject({ what: 'write.done 0-32767 COMPLETED g1 ok', source: 's0.g1', target: 's0@0' });
});
