/**
 * A campaign on a real QEMU: case after case, in two processes, each of which a new one replaces when it has ended.
 */
import { availableParallelism } from 'node:os';
import type { SyncMode } from '../../../../model/sync.ts';
import { randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { STRATEGIES } from '../../../search/strategies/strategies.ts';
import type { Trace } from '../../../trace/format.ts';
import type { CaseResult } from '../case/case.ts';
import { Draw, type QemuScope, likeTheLoop } from '../case/draw.ts';
import { modesFor } from '../case/features.ts';
import { Host } from '../case/host.ts';
import { QemuGone } from '../daemon/barrier.ts';
import { CAPABILITIES, type Capability } from '../daemon/capabilities.ts';
import { byStrategy } from '../case/picker.ts';
import { failingTraceOf, traceOf } from './real-trace.ts';
import { QemuTally } from './tally.ts';
import { ValidationTally } from './validation-tally.ts';
import { SHARE_WITH_FAILURES } from '../../../search/campaign/verdict.ts';
import { VALIDATION_LIMITS, validate } from '../../../validate/validate.ts';

export interface QemuCampaign {
  readonly binary: string;
  readonly modes: readonly SyncMode[];
  readonly scope: QemuScope;
  readonly strategy: string;
  readonly seed: string;
  /** Null: no limit. */
  readonly runs: number | null;
  readonly seconds: number | null;
  readonly keepGoing: boolean;
  /** Whether the log of each run is checked against the model; then QEMU is started as near to the model's loop as it comes. */
  readonly validate: boolean;
}

export interface QemuResult {
  readonly version: string;
  /** What other releases have and this one does not, so that no run has it. */
  readonly lacks: readonly Capability[];
  readonly tally: QemuTally;
  /** Null: nobody wanted to know. */
  readonly validation: ValidationTally | null;
  readonly seconds: number;
  readonly interrupted: boolean;
}

/** @throws QemuGone if there is no QEMU, or it ends and not by a fault of its own */
export async function runQemuCampaign(
  campaign: QemuCampaign,
  signal: AbortSignal,
  onCase: (tally: QemuTally) => void,
): Promise<QemuResult> {
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  /** A campaign that goes on after a failure leaves time to make it small. */
  const secondsMax = (): number => (campaign.seconds ?? Infinity) * (tally.found.length > 0 ? SHARE_WITH_FAILURES : 1);
  const validation = campaign.validate ? new ValidationTally() : null;
  const first = await Host.start(campaign.binary);
  const hosts = [first];
  const { version, capabilities } = first;
  const modes = modesFor(campaign.modes, campaign.scope.only ?? [], capabilities);
  const tally = new QemuTally(modes, campaign.scope.faults);
  const draw = new Draw(campaign.scope);
  const { strategy, seed } = campaign;
  /** Runs that have ended and are not counted yet, for one before them has not. */
  const ended = new Map<number, RunEnded>();
  let [counted, nextUnit] = [0, 0];
  const isFound = (): boolean => !campaign.keepGoing && tally.found.length > 0;
  const isOver = (i: number): boolean => signal.aborted || i >= (campaign.runs ?? Infinity) || seconds() >= secondsMax() || isFound();

  /** Runs count in their order, whichever QEMU they were on: what is found does not depend on how many there are. */
  const count = ({ result, run }: RunEnded): void => {
    const foundBy = { strategy, seed, run };
    tally.add(result, () => failingTraceOf(result, version, foundBy));
    if (validation !== null) checkAgainstModel(traceOf(result, version, foundBy), validation, secondsMax() - seconds());
    onCase(tally);
  };

  const runUnit = async (host: Host, unit: number): Promise<void> => {
    const strategies = new Map(modes.map((mode) => [mode, STRATEGIES[strategy]!()]));
    for (let i = unit * UNIT; i < (unit + 1) * UNIT && !isOver(i); i++) {
      const mode = modes[i % modes.length]!;
      const run = Math.floor(i / modes.length);
      const random = randomNumbers(`${seed}/${mode}/${run}`);
      const drawn = draw.draw(mode, random, capabilities);
      const { scenario, start } = validation === null ? drawn : likeTheLoop(drawn);
      ended.set(i, { run, result: await host.run(scenario, start, byStrategy(strategies.get(mode)!, random)) });
      for (let one = ended.get(counted); one !== undefined && !isFound(); one = ended.get(++counted)) {
        ended.delete(counted);
        count(one);
      }
    }
  };

  try {
    if (modes.length === 0) throw new QemuGone(`QEMU ${version} has none of ${campaign.scope.only!.join(', ')}`);
    while (hosts.length < QEMUS) hosts.push(await Host.start(campaign.binary));
    let isGone = false;
    const lanes = hosts.map(async (host) => {
      try {
        while (!isGone && !isOver(nextUnit * UNIT)) await runUnit(host, nextUnit++);
      } catch (error) {
        isGone = true;
        throw error;
      }
    });
    for (const lane of await Promise.allSettled(lanes)) if (lane.status === 'rejected') throw lane.reason;
    // Where the time was over in the middle of a unit, runs are missing in between.
    for (const i of [...ended.keys()].toSorted((a, b) => a - b)) if (!isFound()) count(ended.get(i)!);
    const lacks = CAPABILITIES.filter((name) => !capabilities.has(name));
    return { version, lacks, tally, validation, seconds: seconds(), interrupted: signal.aborted };
  } finally {
    for (const host of hosts) await host.stop();
  }
}

interface RunEnded {
  /** Of its mode. */
  readonly run: number;
  readonly result: CaseResult;
}

/** So many runs are searched together: a strategy remembers what it has met in them, and nothing of what was before. */
const UNIT = 48;
/** Processes of QEMU at once. All are held from one thread of ours, which two of them keep busy. */
const QEMUS = Math.min(2, availableParallelism());

/** @param secondsLeft of the campaign: a search of the model that takes longer is unfinished */
function checkAgainstModel(trace: Trace, tally: ValidationTally, secondsLeft: number): void {
  tally.add(trace, validate(trace, { ...VALIDATION_LIMITS, seconds: Math.min(VALIDATION_LIMITS.seconds, Math.max(1, secondsLeft)) }));
}
