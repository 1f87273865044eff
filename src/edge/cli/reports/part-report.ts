/** What a shard says at its end: as JSON (the contract is docs/command.md), or in words. */
import type { Found } from '../../../search/campaign/campaign.ts';
import { campaignId } from '../../campaign/campaign-key.ts';
import type { Part } from '../../campaign/part.ts';
import { type Shard, shardInWords } from '../../campaign/shard.ts';
import type { Header } from '../../campaign/unit-file.ts';
import { BROKEN, HOLDS, INTERRUPTED, UNFINISHED } from '../io/exit-status.ts';
import type { FailureStore } from '../io/failure-store.ts';
import type { Flags } from '../io/flags.ts';
import { io } from '../io/io.ts';
import type { SearchUnits } from '../io/units.ts';
import { shellWord } from '../../../explain/shell-word.ts';
import type { Reporting } from '../reporters/reporting.ts';
import type { Case } from '../reporters/result.ts';
import { painter, plural, shown } from '../io/terminal.ts';

export interface ShardOutcome {
  readonly found: readonly Found[];
  readonly seconds: number;
  /** What a scenario needed more of than there was. */
  readonly lacksMemory: boolean;
}

/**
 * Writes the report of a shard that has come to its end, and says so. Its failures stay as they were found: `merge` makes them small.
 * @returns the exit status
 * @throws FileError if the report can't be written
 */
export function endShard<Job, Result>(
  { part, header }: SearchUnits<Job, Result>,
  { found, seconds, lacksMemory }: ShardOutcome,
  store: FailureStore,
  flags: Flags,
  signal: AbortSignal,
  reporting: Reporting,
): number {
  store.check();
  store.settle(found, []);
  if (signal.aborted) {
    const next = flags.journal === undefined ? '' : '; the same command resumes from its journal';
    io().err(`cowcheck: interrupted, so no report was written${next}\n`);
    return INTERRUPTED;
  }
  const failures = found.map((one): ShardFailure => {
    const { trace, path, loss } = store.of(one);
    return { property: trace.verdict.property, cause: trace.cause, mode: trace.scenario.mode, trace: loss === null ? path : null };
  });
  const { shard, report, color, quiet } = flags;
  const name = `check ${flags.job}${flags.exhaustive ? ' --exhaustive' : ''}`;
  return tellShard(
    { part: part!, header },
    { name, failures, seconds, lacksMemory },
    { shard: shard!, report: report!, color, quiet },
    reporting,
  );
}

/**
 * The same for whatever kind of shard, whose failures are kept. @param name of the search @returns the exit status
 * @throws FileError if the report can't be written
 */
export function tellShard<Result>(
  { part, header }: { readonly part: Part<Result>; readonly header: Header },
  { name, failures, seconds, lacksMemory }: { name: string; failures: readonly ShardFailure[] } & Omit<ShardOutcome, 'found'>,
  flags: ShardFlags,
  reporting: Reporting,
): number {
  part.write(flags.report, header, seconds);
  const shard = shardInWords(flags.shard);
  const told: ShardJson = { shard, campaign: campaignId(header), report: flags.report, units: part.units, seconds, found: failures };
  reporting.tell({
    name: `${name} --shard ${shard}`,
    json: told,
    search: null,
    cases: [caseOf(told, lacksMemory)],
    text: () => printShard(shown(told), lacksMemory, flags),
  });
  if (failures.length > 0) return BROKEN;
  return lacksMemory ? UNFINISHED : HOLDS;
}

interface ShardFlags extends Pick<Flags, 'color' | 'quiet'> {
  readonly shard: Shard;
  readonly report: string;
}

export interface ShardFailure {
  readonly property: string;
  readonly cause: readonly string[];
  readonly mode: string;
  /** Null: it could not be written. */
  readonly trace: string | null;
}

/** What `--json` prints of a shard. */
interface ShardJson {
  readonly shard: string;
  readonly campaign: string;
  readonly report: string;
  readonly units: number;
  readonly seconds: number;
  readonly found: readonly ShardFailure[];
}

const LACKS_MEMORY = 'the states of a scenario did not fit in memory: give it more --memory';

function caseOf({ shard, units, found }: ShardJson, lacksMemory: boolean): Case {
  const [first] = found;
  return {
    name: `shard ${shard}`,
    outcome: first !== undefined ? 'failed' : lacksMemory ? 'unfinished' : 'passed',
    message:
      first !== undefined
        ? `${first.property} is broken in ${first.mode.toUpperCase()}`
        : lacksMemory
          ? LACKS_MEMORY
          : plural(units, 'unit'),
    kind: first?.property ?? '',
    cause: first?.cause ?? [],
    file: null,
    trace: first?.trace ?? null,
    command: first === undefined || first.trace === null ? null : `npx cowcheck replay ${shellWord(first.trace)}`,
  };
}

function printShard(
  { shard, campaign, report, units, seconds, found }: ShardJson,
  lacksMemory: boolean,
  { color, quiet }: ShardFlags,
): void {
  const paint = painter(color);
  const out = (line: string): void => io().out(`${line}\n`);
  if (!quiet)
    out(`${paint('bold', 'cowcheck')}  shard ${shard} of campaign ${campaign}: ${plural(units, 'unit')} in ${seconds.toFixed(1)} s`);
  for (const { property, mode } of found) out(`  ${paint('red', 'BROKEN')}  ${property} in ${mode.toUpperCase()}`);
  if (lacksMemory) out(`  ${LACKS_MEMORY}`);
  if (quiet) return;
  if (found.length === 0 && !lacksMemory) out('  nothing is broken in this shard');
  out(`  its results are in ${report}; for the verdict, merge all shards: npx cowcheck merge REPORT...`);
}
