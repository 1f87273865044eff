/**
 * A search as text, for machines behind a queue: its options, with a recorded guest and a scenario by content. No name in it is of a
 * file that is opened there.
 */
import { z } from 'zod';
import { GUEST_KINDS } from '../../../../model/block/guest.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { Recording } from '../../../scenarios/recording.ts';
import { WINDOW_MAX } from '../../../scenarios/window.ts';
import { scenarioSchema } from '../../campaign/unit-codec.ts';
import { FileError } from '../../files/text.ts';
import { type Asked, askedOf, readAsked } from './asked.ts';
import type { Flags } from './flags.ts';

export interface SharedSearch {
  readonly asked: Asked;
  /** sha256 of the file of a custom job; null: a built-in job. */
  readonly job: string | null;
  readonly recording: Recording | null;
  readonly scenario: Scenario | null;
}

const FORMAT = 'search 1';
/** Before a window, more requests than this are never in flight; and a disk of a model has no more sectors. */
const REQUESTS_MAX = 2 * WINDOW_MAX;
const SECTORS_MAX = 2 ** 24;

const count = z.int().min(0);
const request = z.strictObject({ kind: z.enum(GUEST_KINDS), first: count, count, begin: z.int(), end: z.int() });
const requests = z.array(request).max(REQUESTS_MAX);
const recording = z
  .strictObject({
    sectors: count.min(1).max(SECTORS_MAX),
    clusterSectors: count.min(1),
    sectorBytes: count.min(1),
    requests: requests.min(1),
    numbered: count,
    inFlight: requests,
    data: z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
    written: z.array(count).max(SECTORS_MAX),
  })
  .refine(({ sectors, data }) => data.length === sectors)
  .refine(({ sectors, requests: all, inFlight }) => [...all, ...inFlight].every(({ first, count: long }) => first + long <= sectors));

const search = z.strictObject({
  cowcheck: z.literal(FORMAT),
  asked: z.unknown(),
  job: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
  recording: recording.nullable(),
  scenario: scenarioSchema.nullable(),
});

export interface SharedParts {
  readonly seed: string | undefined;
  readonly job: string | null;
  readonly recording: Recording | null;
  readonly scenario: Scenario | null;
}

export function textOfSearch(flags: Flags, { seed, job, recording: guest, scenario }: SharedParts): string {
  const { workload: _workload, scenario: _scenario, window: _window, ...asked } = askedOf(flags);
  const data = guest === null ? null : { ...guest, data: Buffer.from(guest.data).toString('base64') };
  return JSON.stringify({ cowcheck: FORMAT, asked: { ...asked, ...(seed === undefined ? {} : { seed }) }, job, recording: data, scenario });
}

/** @throws FileError if it is none */
export function readSharedSearch(text: string): SharedSearch {
  const read = search.safeParse(parsed(text));
  if (!read.success) throw new FileError('what should be a search is none');
  const { asked, job, recording: guest, scenario } = read.data;
  return { asked: readAsked(asked, 'a search'), job, recording: guest, scenario: scenario as Scenario | null };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
