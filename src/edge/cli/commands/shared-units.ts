/** Units of a search that another machine has started, as this one runs them. */
import { resolve } from 'node:path';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { jobModes } from '../../../../model/families/custom/known.ts';
import { sourceOf } from '../../../scenarios/sources.ts';
import { rulesOffOfText } from '../../../search/campaign/rules-off.ts';
import { countUnits as countUnitsAtRandom, unitAt } from '../../../search/campaign/units.ts';
import { countUnits } from '../../../search/exhaustive/sweep.ts';
import { EXHAUSTIVE_UNITS, RANDOM_UNITS } from '../../campaign/unit-codec.ts';
import { loadJobFile } from '../../files/custom-job.ts';
import { FileError } from '../../files/text.ts';
import type { SharedUnits } from '../../queue/queue-worker.ts';
import { unitThreads } from '../../workers/campaign.ts';
import { sweepThreads } from '../../workers/sweep.ts';
import type { Flags } from '../io/flags.ts';
import { type SharedSearch, readSharedSearch } from '../io/shared-search.ts';
import { EXHAUSTIVE_DEFAULTS, refusal, sweepOf } from './exhaustive.ts';
import { campaignOf } from './search.ts';

/**
 * @param file the custom job of this machine that the search may run; null: none
 * @throws FileError if the text is no search that can run here
 */
export async function sharedUnits(
  text: string,
  file: { readonly path: string; readonly digest: string } | null,
  workers: number,
): Promise<SharedUnits> {
  const search = readSharedSearch(text);
  const flags = await flagsOf(search, file, workers);
  const wrong = refusal(flags);
  if (wrong !== null) throw new FileError(`what should be a search is none: ${wrong}`);
  return flags.exhaustive ? unitsOfSweep(flags, workers) : unitsOfCampaign(flags, search, workers);
}

/** Nothing is written here, so that what is left out makes no difference. */
const NO_OUTPUT = { details: false, reporter: [], quiet: true, verbose: false, out: '', json: false, color: false };

async function flagsOf(
  { asked, job }: SharedSearch,
  file: { readonly path: string; readonly digest: string } | null,
  workers: number,
): Promise<Flags> {
  const flags = { ...NO_OUTPUT, ...asked, workers } as Flags;
  if (!isCustomJob(flags.job)) return flags;
  if (file === null || file.digest !== job) throw new FileError('it is a search of a custom job, and its file here is another one');
  await loadJobFile({ name: flags.job, path: resolve(file.path) });
  return { ...flags, customJob: { name: flags.job, modes: jobModes(flags.job) } };
}

function unitsOfSweep(flags: Flags, workers: number): SharedUnits {
  const [sweep, bytesMax] = [sweepOf(flags), flags.memory ?? EXHAUSTIVE_DEFAULTS.memory];
  const threads = sweepThreads(workers);
  return {
    units: countUnits(sweep),
    run: async (unit, off, stop) => {
      if (off !== '') throw new FileError('no rules of an exhaustive search change from unit to unit');
      return EXHAUSTIVE_UNITS.write(await threads.run(unit, { sweep, unit, bytesMax, stop }));
    },
    destroy: threads.destroy,
  };
}

function unitsOfCampaign(flags: Flags, { recording, scenario }: SharedSearch, workers: number): SharedUnits {
  const { runs } = flags;
  if (runs === undefined || flags.seed === undefined) throw new FileError('a search of another machine has a number of runs, and a seed');
  const { options, modes, subject } = campaignOf(flags, recording, scenario);
  const threads = unitThreads(subject, workers);
  const source = sourceOf(subject);
  return {
    units: countUnitsAtRandom(modes, runs, source),
    run: async (unit, off, stop) => {
      const without = rulesOffOfText(options.setting.without, off);
      if (without === null) throw new FileError('there are no such rules to be off');
      const job = { options: { ...options, setting: { ...options.setting, without } }, unit: unitAt(modes, runs, source, unit), stop };
      return RANDOM_UNITS.write(await threads.run(unit, job));
    },
    destroy: threads.destroy,
  };
}
