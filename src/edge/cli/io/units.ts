/** Where the results of a search's units come from and go to: `--journal`, `--shard`, `--on`, or the reports that `merge` adds up. */
import { join } from 'node:path';
import { isCustomJob } from '../../../../model/families/custom/file-name.ts';
import { rulesOff } from '../../../../model/machine/jobs.ts';
import { type CampaignKey, campaignId, differenceOf, modelVersion } from '../../campaign/campaign-key.ts';
import { Journal, readJournal } from '../../campaign/journal.ts';
import { Part } from '../../campaign/part.ts';
import type { UnitCodec } from '../../campaign/unit-codec.ts';
import type { Header } from '../../campaign/unit-file.ts';
import { refuseOutput } from '../../files/output.ts';
import { digestOf } from '../../files/digest.ts';
import { fileError } from '../../files/text.ts';
import type { UnitRunner } from '../../workers/unit-runner.ts';
import { NOTHING_KEPT, type UnitStore } from '../../workers/unit-store.ts';
import type { Found } from '../../../search/campaign/campaign.ts';
import { type Search, failureAsFound } from '../../../shrink/failure.ts';
import { askedOf } from './asked.ts';
import type { Flags } from './flags.ts';
import { io } from './io.ts';
import type { AwayUnits } from './machines.ts';
import { plural } from './terminal.ts';

export interface SearchUnits<Job, Result> {
  readonly store: UnitStore<Result>;
  readonly header: Header;
  /** Of a shard; null: it is a whole search. */
  readonly part: Part<Result> | null;
  /** What runs units on other machines; null: they run here. */
  readonly away: UnitRunner<Job, Result> | null;
  close(): void;
}

/** What makes no sense together. @returns one line, or null */
export function refusalOfUnits(flags: Flags): string | null {
  const { shard, report, journal, exhaustive, runs, seconds, on } = flags;
  const option = shard !== undefined ? '--shard' : on !== undefined ? '--on' : '--journal';
  if (shard === undefined && report !== undefined) return "option '--report' requires --shard I/N";
  if (shard !== undefined && report === undefined) return "option '--shard' requires --report FILE, the file for its results";
  if (on !== undefined && flags.asked !== undefined)
    return `option '--on' cannot be used with "properties" or "skip" of ${flags.asked}: other machines do not have that file`;
  if (on !== undefined && shard !== undefined)
    return "options '--on' and '--shard' cannot be used together: a broker already splits the search";
  if (on === undefined && flags.verify !== undefined) return "option '--verify' requires --on redis://HOST";
  if (on !== undefined && seconds !== undefined)
    return "option '--seconds' cannot be used with --on: give --runs instead, so that the outcome does not depend on the machines";
  if (shard === undefined && journal === undefined && on === undefined) return null;
  if (!exhaustive && runs === undefined)
    return `option '${option}' requires --runs or --exhaustive: a search with a time limit cannot be repeated exactly`;
  if (shard === undefined) return null;
  if (flags.corpus !== undefined)
    return "options '--corpus' and '--shard' cannot be used together: run the corpus in a check without --shard";
  if (seconds !== undefined)
    return "option '--seconds' cannot be used with --shard: give --runs instead, so that the shards add up to one search";
  if (exhaustive) return null;
  if (flags.seed === undefined) return "option '--shard' requires --seed, the same for all shards";
  return isCustomJob(flags.job) || rulesOff({ job: flags.job, without: flags.without }).length < 2
    ? null
    : "option '--shard' cannot split a random search with more than one rule off: use --exhaustive, or a job with at most one rule off";
}

/** The flags with the seed of the journal, where none is given: the same command goes on with the same search. */
export async function withSeedOfJournal(flags: Flags): Promise<Flags> {
  if (flags.journal === undefined || flags.seed !== undefined || flags.exhaustive) return flags;
  const seed = (await readJournal(flags.journal))?.header.options['seed'];
  return typeof seed === 'string' ? { ...flags, seed } : flags;
}

/**
 * @param options all that decide the outcome, as the report has them
 * @param check of what somebody else says: throws if it can't be so
 * @throws FileError if what is there is of another search, or can't be read or written; or if the machines of `--on` can't be used
 */
export async function unitsOfSearch<Job, Result>(
  flags: Flags,
  options: object,
  codec: UnitCodec<Result>,
  check: (result: Result) => void,
  away: AwayUnits<Job, Result>,
): Promise<SearchUnits<Job, Result> | null> {
  const { shard, report, journal, parts, on } = flags;
  if (shard === undefined && journal === undefined && parts === undefined && on === undefined) return null;
  const key: CampaignKey = {
    kind: flags.exhaustive ? 'exhaustive' : 'random',
    options: JSON.parse(JSON.stringify({ ...options, seconds: null })) as Record<string, unknown>,
    files: await digestsOf(flags),
    model: modelVersion(),
  };
  const header: Header = { ...key, asked: askedOf(flags), shard: shard ?? null };
  if (parts !== undefined) {
    const difference = differenceOf(parts.header, key);
    if (difference !== null) throw fileError(parts.path, difference);
    return { store: parts.store(codec, check), header, part: null, away: null, close: () => {} };
  }
  if (report !== undefined) refuseOutput(report);
  const machines = on === undefined ? null : await (await import('./machines.ts')).reachMachines(on, flags, key);
  const folder = journal ?? (on === undefined ? undefined : join('cowcheck-journal', campaignId(key)));
  try {
    const opened = folder === undefined ? null : await Journal.open(folder, { ...header, shard: null }, codec);
    if (opened !== null && opened.unitsBefore > 0)
      io().err(`cowcheck: the journal has ${plural(opened.unitsBefore, 'unit')}, which will not run again\n`);
    const part = shard === undefined ? null : new Part(shard, codec, opened ?? NOTHING_KEPT);
    const runner =
      machines === null
        ? null
        : await machines.runner(codec, check, away).catch((error: unknown) => {
            opened?.close();
            throw error;
          });
    return { store: part ?? opened!, header, part, away: runner, close: () => opened?.close() };
  } catch (error) {
    machines?.leave();
    throw error;
  }
}

/** Runs again what somebody says has been found. @throws if it does not fail here, or makes no sense */
export function checkFound(found: readonly Found[], search: Search): void {
  for (const one of found) failureAsFound(one, search);
}

/** By option: the sha256 of the file that it names. */
async function digestsOf({ workload, scenario, customJob, asked }: Flags): Promise<Record<string, string>> {
  const named = Object.entries({ workload, scenario, job: customJob?.name, config: asked }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const digests = named.map(async ([option, path]): Promise<[string, string]> => [option, await digestOf(path)]);
  return Object.fromEntries(await Promise.all(digests));
}
