/** What a campaign on a real QEMU has done so far. */
import type { SyncMode } from '../../../../model/sync.ts';
import type { FailingTrace } from '../../../trace/format.ts';
import type { CaseResult } from '../case/case.ts';
import { causeOf } from './cause.ts';
import { Endings, type OneEnding, endingIn } from './endings.ts';
import type { QemuFound } from './found.ts';
import { QEMU_SITUATIONS } from '../case/situations.ts';

/** What is counted of a run. */
export interface RunCounts extends OneEnding {
  readonly mode: SyncMode;
  readonly steps: number;
  readonly cutOff: boolean;
  readonly situations: readonly string[];
  readonly broken: boolean;
}

export const countsOf = (result: CaseResult): RunCounts => ({
  mode: result.scenario.mode,
  steps: result.steps.length,
  cutOff: result.cutOff,
  situations: [...result.situations],
  broken: result.violation !== null,
  ...endingIn(result),
});

/** A campaign that goes on keeps one failure of each cause. */
export class QemuTally {
  schedules = 0;
  steps = 0;
  cutOff = 0;
  readonly found: QemuFound[] = [];
  readonly byMode = new Map<SyncMode, { schedules: number; cutOff: number; broken: boolean }>();
  readonly endings = new Endings();
  readonly #met = new Map<string, number>();
  readonly #withFaults: boolean;

  constructor(modes: readonly SyncMode[], withFaults: boolean) {
    this.#withFaults = withFaults;
    for (const mode of modes) this.byMode.set(mode, { schedules: 0, cutOff: 0, broken: false });
  }

  /** @param trace makes the trace, if it is wanted */
  add(result: CaseResult, trace: () => FailingTrace): void {
    this.count(countsOf(result));
    if (result.violation === null) return;
    const cause = causeOf(result).join();
    if (!this.found.some((other) => causeOf(other.result).join() === cause)) this.found.push({ trace: trace(), result });
  }

  /** All of a run but its failure. */
  count(run: RunCounts): void {
    const mode = this.byMode.get(run.mode)!;
    this.schedules++;
    mode.schedules++;
    this.steps += run.steps;
    if (run.cutOff) {
      this.cutOff++;
      mode.cutOff++;
    }
    this.endings.add(run);
    for (const name of run.situations) this.#met.set(name, (this.#met.get(name) ?? 0) + 1);
    mode.broken ||= run.broken;
  }

  /** The situations that can be met in these modes, with the number of runs that met them. */
  marks(): { name: string; runs: number }[] {
    const modes = [...this.byMode.keys()];
    return Object.entries(QEMU_SITUATIONS)
      .filter(([, situation]) => (this.#withFaults || situation.faults !== true) && situation.modes.some((mode) => modes.includes(mode)))
      .map(([name]) => ({ name, runs: this.#met.get(name) ?? 0 }));
  }
}
