/**
 * A run as an address. It holds what the run began with and who went on at each step, and neither states nor what
 * was seen: those the page computes again. A checksum tells a link that was cut, a digest of the last state tells
 * that the model has become another one since. It is all behind the #, which no server hears of.
 */
import type { Trace } from '../../src/trace/format.ts';
import { inputsOf } from '../../src/replay/record.ts';
import { writeTrace } from '../../src/trace/write.ts';
import type { Run } from '../../src/run/run.ts';
import { fromBase64Url, toBase64Url } from './base64-url.ts';
import { readChoices, writeChoices } from './choices.ts';

/** Changed whenever what a link means does. */
const FORMAT = '1';

/** What some programs cut addresses at. */
export const LENGTH_SAFE = 1_800;

export interface Shared {
  /** Without a schedule. */
  readonly traceText: string;
  /** At each step, which of those who were ready. */
  readonly choices: readonly number[];
  readonly at: number;
  readonly digest: string;
}

/** @returns what follows the #; null: more could go on at once than a link can say */
export async function linkOf(run: Run, at: number): Promise<string | null> {
  const choices = writeChoices(choicesOf(run));
  if (choices === null) return null;
  const scenario = toBase64Url(await deflated(writeTrace(beginningOf(run))));
  const parts = ['t', FORMAT, scenario, choices, String(at), digestOf(run)];
  return `/t?e=${FORMAT}&s=${scenario}&ch=${choices}&at=${at}&d=${parts[5]}&x=${checksum(parts.join('/'))}`;
}

/** @returns why it can't be read, in a sentence, if it can't */
export async function readLink(query: URLSearchParams): Promise<Shared | string> {
  const [e, s, ch, at, d, x] = ['e', 's', 'ch', 'at', 'd', 'x'].map((name) => query.get(name));
  if (e != null && e !== FORMAT && /^\d{1,6}$/.test(e))
    return `this link was made by another cowcheck (links of kind ${e}; this one reads kind ${FORMAT})`;
  if (e == null || s == null || ch == null || at == null || d == null || x !== checksum(['t', e, s, ch, at, d].join('/')))
    return 'this link is incomplete: ask for it again, or for the trace file';
  const choices = readChoices(ch);
  const traceText = await inflated(fromBase64Url(s));
  if (choices === null || traceText === null) return 'this link says nothing that a cowcheck has written';
  return { traceText, choices, at: Number(at), digest: d };
}

/** Follows the choices of a link. @returns how many could be made, and whether the run is the one that was shared */
export function followLink(run: Run, { choices, digest }: Shared): boolean {
  for (const [i, choice] of choices.entries()) {
    const id = run.readyAfter(i)[choice];
    if (id === undefined) return false;
    run.take(id);
  }
  return digestOf(run) === digest;
}

/** What a run begins with, as a trace without a schedule. */
const beginningOf = (run: Run): Trace => ({ ...inputsOf(run), schedule: [], verdict: null, cause: [], minimal: 'not tried' });

function choicesOf(run: Run): number[] {
  return run.steps.map(({ id }, i) => run.readyAfter(i).indexOf(id));
}

/** Stands for all that the model holds after the last step. */
function digestOf(run: Run): string {
  run.show(run.length);
  const { low, high } = run.machine.world.recountFingerprint();
  return `${(low >>> 0).toString(36)}-${(high >>> 0).toString(36)}`;
}

/** FNV-1a, 32 bits: against accidents, which is all that a link must withstand. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** A text as letters of an address. */
export const packText = async (text: string): Promise<string> => toBase64Url(await deflated(text));

/** @returns null if it was not packed so */
export const unpackText = (letters: string): Promise<string | null> => inflated(fromBase64Url(letters));

async function deflated(text: string): Promise<Uint8Array> {
  return through(new TextEncoder().encode(text), new CompressionStream('deflate-raw'));
}

/** No scenario is longer, however short it is when deflated. */
const INFLATED_MAX = 256 * 1024;

async function inflated(bytes: Uint8Array | null): Promise<string | null> {
  if (bytes === null) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await through(bytes, new DecompressionStream('deflate-raw'), INFLATED_MAX));
  } catch {
    return null;
  }
}

/** @throws if more comes out than `max` */
async function through(bytes: Uint8Array, stream: CompressionStream | DecompressionStream, max = Infinity): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of new Blob([bytes.slice()]).stream().pipeThrough(stream) as unknown as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > max) throw new Error('longer than any scenario');
    chunks.push(chunk);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
