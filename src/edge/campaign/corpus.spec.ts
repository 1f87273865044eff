/** What a corpus keeps of a custom job, which has no rules that would tell one cause from another. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CustomJobFile, isCustomJob } from '../../../model/families/custom/file-name.ts';
import type { FailingTrace } from '../../trace/format.ts';
import { loadJob } from '../files/custom-job.ts';
import { loadTrace } from '../files/traces.ts';
import { Corpus } from './corpus.ts';

const at = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

/** A failure of the gallery, as one of a custom job. */
function failureOf(name: string, job: CustomJobFile): FailingTrace {
  const { about: _, ...trace } = loadTrace(at(`traces/gallery/${name}.trace.yaml`)) as FailingTrace;
  return { ...trace, job, without: [], cause: [] };
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cowcheck-corpus-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});
const kept = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.yaml'));

it('keeps a failure that needs an error beside one of the same property that needs none', () => {
  const corpus = new Corpus(folder);
  const job = 'my-job.mjs' as CustomJobFile;
  const [plain, failing] = [failureOf('copyBeforeWrite', job), failureOf('failedCopyFailsGuestWrite', job)];
  expect([plain.verdict.property, plain.scenario.mode]).toEqual([failing.verdict.property, failing.scenario.mode]);
  expect([corpus.add(failing), corpus.add(plain)].every((path) => path !== null)).toBe(true);
  expect(kept()).toHaveLength(2);
});

it('keeps a failure that was mended when another one of its kind is found', async () => {
  const job = await loadJob(at('examples/own-job/chunked.mjs'));
  if (!isCustomJob(job)) throw new Error('no custom job');
  new Corpus(folder).add(failureOf('hookBeforeFirstYield', job));
  const [mended] = kept();
  const corpus = new Corpus(folder);
  const other = failureOf('copyWholeClusters', job);
  const subject = { job, without: [], wake: other.wake, effects: other.effects, modes: [other.scenario.mode] } as const;
  expect(await corpus.replay(subject, new AbortController().signal)).toEqual([]);
  expect(corpus.gone).toHaveLength(1);
  expect(corpus.add(other)).not.toBeNull();
  expect(kept()).toHaveLength(2);
  expect(kept()).toContain(mended);
});
