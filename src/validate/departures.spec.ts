import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import type { TraceStep } from '../trace/format.ts';
import { DEPARTURES, departureOf } from './departures.ts';
import type { Refusal } from './refusal.ts';

it('are all in the document, with their reasons', () => {
  const text = readFileSync(new URL('../../docs/qemu-validation.md', import.meta.url), 'utf8');
  for (const [name, sentence] of Object.entries(DEPARTURES)) expect(text).toContain(`| \`${name}\` | ${sentence} |`);
});

const guest = (id: string, first: number, count: number): GuestOperation => ({ id, kind: 'write', first, count, after: [], early: false });
const scenario = (...operations: GuestOperation[]): Scenario => ({
  mode: 'full',
  disk: { sectors: 8, clusterSectors: 2, zero: [], discardReads: 'zero' },
  targetClusterSectors: 0,
  guest: operations,
  cancel: false,
});
const asked = (id: string): TraceStep => ({ who: id, what: 'write', saw: '' });
const refusal = (step: number, next: string, more: Partial<Refusal> = {}): Refusal => ({
  step,
  next: [next],
  instead: [],
  waiting: [],
  schedule: [],
  ...more,
});

it('excuse a copy of a request over several clusters, not one of another cluster', () => {
  const two = scenario(guest('g1', 1, 2));
  expect(departureOf(two, [asked('g1')], [refusal(2, 'took source 2-3 s2@0 s3@0')])).toBe('severalAtOnce');
  expect(departureOf({ ...two, mode: 'none' }, [asked('g1')], [refusal(2, 'took source 6-7 s6@0 s7@0')])).toBeNull();
  expect(
    departureOf(two, [asked('g1'), { who: 'source', what: 'write.done 0-1', saw: 'g1 ok' }], [refusal(3, 'took source 2-3 s2@0 s3@0')]),
  ).toBeNull();
});

it('never excuse a guest write that comes to the disk before its copy has ended', () => {
  const two = scenario(guest('g1', 1, 2), guest('g2', 2, 1));
  const copied = [{ who: 'g1', what: 'copy.done c1', saw: '' }];
  expect(departureOf(two, [asked('g1'), asked('g2')], [refusal(3, 'write source 2-2')])).toBeNull();
  expect(departureOf(two, [asked('g1'), asked('g2')], [refusal(3, 'write source 2-2', { schedule: copied })])).toBe('waitsOnlyToCopy');
  expect(departureOf(two, [asked('g1'), asked('g2')], [refusal(3, 'write source 1-2', { schedule: copied })])).toBeNull();
});

it('excuse no contents that were not there at T0', () => {
  const two = scenario(guest('g1', 1, 2));
  const steps = [{ who: 'user', what: 'start workers 1 chunk 65536', saw: 'started' }, asked('g1')];
  expect(departureOf(two, steps, [refusal(3, 'land target 2-3 s2@0 s3@0')])).toBe('severalAtOnce');
  for (const wrong of ['s2.g1 s3@0', 's3@0 s2@0', 'zero s3@0', 'torn s3@0'])
    expect(departureOf(two, steps, [refusal(3, `land target 2-3 ${wrong}`)]), wrong).toBeNull();
  expect(departureOf(two, steps.toReversed(), [refusal(3, 'land target 2-3 s2.g1 s3@0')])).toBe('severalAtOnce');
});

it('excuse nothing that lands on the source', () => {
  expect(departureOf(scenario(guest('g1', 0, 8)), [asked('g1')], [refusal(2, 'land source 0-1 s0.g1 s1.g1')])).toBeNull();
});
