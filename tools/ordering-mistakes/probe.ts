/**
 * The search of `check`, without what comes once it has found something: to make a failure small takes far longer than to find it.
 * It is started within a copy of the build that has a mistake.
 *
 *     node dist/tools/ordering-mistakes/probe.js '{"job": "correct", "modes": ["none"], "schedules": 20000, "seed": "a"}'
 *
 * Exit status: 0 it prints what it came to; 2 the job is refused, in one line.
 */
import { JobError } from '../../model/families/custom/job-error.ts';
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import { optionsOf } from '../../model/machine/job-options.ts';
import type { Setting } from '../../model/machine/shape.ts';
import type { SyncMode } from '../../model/sync.ts';
import { DEFAULTS } from '../../src/api/check-options.ts';
import { loadJob } from '../../src/edge/files/custom-job.ts';
import { FileError } from '../../src/edge/files/text.ts';
import '../../src/families/block-copy.ts';
import { generated } from '../../src/scenarios/sources.ts';
import { Benches, runUnit } from '../../src/search/campaign/campaign.ts';
import { unitsOf } from '../../src/search/campaign/units.ts';

export interface Question {
  /** A correct job, or the file of a custom one. */
  readonly job: 'correct' | 'block-copy' | `${string}.mjs`;
  readonly modes: readonly SyncMode[];
  /** At most so many, all modes together. */
  readonly schedules: number;
  readonly seed: string;
}

export interface Answer {
  readonly schedules: number;
  /** Runs that came to their limit of steps: neither a success nor a failure. */
  readonly cutOff: number;
  /** The first failure. */
  readonly found: { readonly mode: SyncMode; readonly property: string } | null;
}

/** With so many runs that were cut off, nothing else is to be expected. */
const CUT_OFF_ENOUGH = 100;

async function probe({ job, modes, schedules: most, seed }: Question): Promise<Answer> {
  const { clusters, clusterSectors, writes, strategy, effects, wake } = DEFAULTS;
  const plain = { effects, wake, without: [], requestsMin: writes };
  const isCustom = isCustomJob(job);
  const setting: Setting = isCustom ? { ...plain, customJob: await loadJob(job) } : { ...plain, job };
  const source = generated({ clusters, clusterSectors, writes, faults: true, jobOptions: optionsOf(job), endlessGuest: isCustom });
  const options = { seed, strategy, setting, keepGoing: false };
  const benches = new Benches();
  let [schedules, cutOff] = [0, 0];
  for (const unit of unitsOf(modes, most, source)) {
    const result = runUnit(options, source, unit, benches, () => false);
    schedules += result.schedules;
    cutOff += result.cutOff;
    const [found] = result.found;
    if (found !== undefined) return { schedules, cutOff, found: { mode: unit.mode, property: found.violation.property } };
    if (cutOff >= CUT_OFF_ENOUGH) break;
  }
  return { schedules, cutOff, found: null };
}

try {
  process.stdout.write(JSON.stringify(await probe(JSON.parse(process.argv[2]!) as Question)));
} catch (error) {
  if (!(error instanceof JobError || error instanceof FileError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
