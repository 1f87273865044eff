/**
 * A worker thread with a QEMU of its own: it serves the disks, is the guest, picks the schedule and judges the run. It takes the
 * next run that no thread has taken; a run depends on nothing but its number, so it is the same in whichever thread.
 */
import '../../../families/block-copy.ts'; // which logs are checked against
import { parentPort, workerData } from 'node:worker_threads';
import { randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { STRATEGIES } from '../../../search/strategies/strategies.ts';
import { VALIDATION_LIMITS, type Validation, validate } from '../../../validate/validate.ts';
import type { CaseResult } from '../case/case.ts';
import { Draw, asTheModelCan } from '../draw/draw.ts';
import { modesFor } from '../draw/features.ts';
import { HoldBack } from '../case/hold-back.ts';
import { Host } from '../case/host.ts';
import { byStrategy } from '../case/picker.ts';
import { QemuGone } from '../daemon/gone.ts';
import { CAPABILITIES } from '../daemon/capabilities.ts';
import { runOfShard } from './counter.ts';
import { Cell, type QemuJob, type QemuMessage } from './job.ts';
import { traceOf } from './real-trace.ts';

const { campaign, cells, deadline } = workerData as QemuJob;
const draw = new Draw(campaign.scope);
const tell = (message: QemuMessage): void => parentPort!.postMessage(message);

try {
  const host = await Host.start(campaign.binary);
  await runAll(host).finally(() => host.stop());
} catch (error) {
  if (!(error instanceof QemuGone)) throw error;
  tell({ gone: error.message });
}

async function runAll(host: Host): Promise<void> {
  const { version, capabilities } = host;
  const only = campaign.scope.only ?? [];
  const modes = modesFor(campaign.modes, only, capabilities);
  if (modes.length === 0)
    throw new QemuGone(`QEMU ${version} supports none of ${only.join(', ')} in mode ${campaign.modes.join(', ').toUpperCase()}`);
  tell({ started: { version, lacks: CAPABILITIES.filter((name) => !capabilities.has(name)), modes } });
  while (Atomics.load(cells, Cell.stop) === 0) {
    const number = runOfShard(campaign.shard, Atomics.add(cells, Cell.nextRun, 1));
    if (number >= (campaign.runs ?? Infinity)) break;
    const run = Math.floor(number / modes.length);
    const result = await runOne(host, modes[number % modes.length]!, run);
    tell({ ended: { number, run, result, validation: campaign.validate ? checked(result, version) : null } });
  }
}

async function runOne(host: Host, mode: (typeof campaign.modes)[number], run: number): Promise<CaseResult> {
  const random = randomNumbers(`${campaign.seed}/${mode}/${run}`);
  const drawn = draw.draw(mode, random, host.capabilities);
  const { scenario, start } = campaign.validate ? asTheModelCan(drawn) : drawn;
  return host.run(scenario, start, new HoldBack(byStrategy(STRATEGIES[campaign.strategy]!(), random), drawn.holds));
}

/** A search of the model that is not done when the campaign is over is unfinished. */
function checked(result: CaseResult, version: string): Validation {
  const secondsLeft = Math.max(1, (deadline - Date.now()) / 1000);
  return validate(traceOf(result, version, undefined), { ...VALIDATION_LIMITS, seconds: Math.min(VALIDATION_LIMITS.seconds, secondsLeft) });
}
