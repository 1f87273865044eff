/** A campaign on a real QEMU: case after case in one process, which a new one replaces when it has ended. */
import type { SyncMode } from '../../../../model/sync.ts';
import { randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { STRATEGIES } from '../../../search/strategies/strategies.ts';
import type { Trace } from '../../../trace/format.ts';
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
  const draw = new Draw(campaign.scope);
  const host = await Host.start(campaign.binary);
  const modes = modesFor(campaign.modes, campaign.scope.only ?? [], host.capabilities);
  const tally = new QemuTally(modes, campaign.scope.faults);
  const strategies = new Map(modes.map((mode) => [mode, STRATEGIES[campaign.strategy]!()]));
  const isOver = (): boolean => signal.aborted || (campaign.runs !== null && tally.schedules >= campaign.runs) || seconds() >= secondsMax();
  try {
    if (modes.length === 0)
      throw new QemuGone(
        `QEMU ${host.version} has none of ${campaign.scope.only!.join(', ')} in mode ${campaign.modes.join(', ').toUpperCase()}`,
      );
    for (let i = 0; !isOver() && (campaign.keepGoing || tally.found.length === 0); i++) {
      const mode = modes[i % modes.length]!;
      const run = Math.floor(i / modes.length);
      const random = randomNumbers(`${campaign.seed}/${mode}/${run}`);
      const drawn = draw.draw(mode, random, host.capabilities);
      const { scenario, start } = validation === null ? drawn : likeTheLoop(drawn, host.capabilities);
      const result = await host.run(scenario, start, byStrategy(strategies.get(mode)!, random));
      const { strategy, seed } = campaign;
      const foundBy = { strategy, seed, run };
      tally.add(result, () => failingTraceOf(result, host.version, foundBy));
      if (validation !== null) checkAgainstModel(traceOf(result, host.version, foundBy), validation, secondsMax() - seconds());
      onCase(tally);
    }
    return {
      version: host.version,
      lacks: CAPABILITIES.filter((name) => !host.capabilities.has(name)),
      tally,
      validation,
      seconds: seconds(),
      interrupted: signal.aborted,
    };
  } finally {
    await host.stop();
  }
}

/** @param secondsLeft of the campaign: a search of the model that takes longer is unfinished */
function checkAgainstModel(trace: Trace, tally: ValidationTally, secondsLeft: number): void {
  tally.add(trace, validate(trace, { ...VALIDATION_LIMITS, seconds: Math.min(VALIDATION_LIMITS.seconds, Math.max(1, secondsLeft)) }));
}
