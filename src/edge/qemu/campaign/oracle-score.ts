/** Sabotages case after case, and counts what the oracle saw of it (sabotage.ts says why). */
import { BITMAP_MODES, SYNC_MODES, type SyncMode, modesWhere } from '../../../../model/sync.ts';
import { type RandomNumbers, randomNumbers } from '../../../search/strategies/random-numbers.ts';
import { RandomWalk } from '../../../search/strategies/random-walk.ts';
import type { CaseResult } from '../case/case.ts';
import { Draw } from '../draw/draw.ts';
import type { Drawn } from '../case/start.ts';
import type { Host } from '../case/host.ts';
import { byStrategy } from '../case/picker.ts';
import { SABOTAGES, type SabotageName, type Saboteur, saboteur } from '../case/sabotage.ts';

export interface OracleScore {
  /** Sabotages that changed what the backup shows, and those of them that the oracle saw. */
  effective: number;
  caught: number;
  /** Of the others how many came to nothing for this reason. */
  readonly idle: Map<string, number>;
  /** Seeds of those that changed something and were not seen. */
  readonly missed: string[];
}

const HAVE_A_RAW_SOURCE = modesWhere(({ selects }) => selects !== 'allocated');
const MODES: Readonly<Record<SabotageName, readonly SyncMode[]>> = {
  flipSource: HAVE_A_RAW_SOURCE,
  dropTargetWrite: SYNC_MODES,
  writeBeforeCopy: HAVE_A_RAW_SOURCE,
  forgetBits: modesWhere(({ selects }) => selects === 'all'), // the jobs that take a bitmap
};

/** Goes on until so many sabotages have changed what the backup shows. */
export async function scoreOracle(host: Host, name: SabotageName, seed: string, enough: number): Promise<OracleScore> {
  const score: OracleScore = { effective: 0, caught: 0, idle: new Map(), missed: [] };
  const isOfBitmap = name === 'forgetBits';
  const draw = new Draw({ clusters: 4, writes: 6, faults: false, only: isOfBitmap ? BITMAP_MODES : [] });
  const modes = MODES[name];
  for (let i = 0; score.effective < enough; i++) {
    const trial = `${seed}/${name}/${i}`;
    const random = randomNumbers(trial);
    const drawn = draw.draw(modes[i % modes.length]!, random, host.capabilities);
    const make = saboteur(name, drawn, random);
    if (make === null) continue;
    const reason = await tryOne(host, drawn, trial, make, isOfBitmap ? 'increment' : 'snapshot');
    if (reason === 'matters' || reason === 'missed') score.effective++;
    if (reason === 'matters') score.caught++;
    else if (reason === 'missed') score.missed.push(trial);
    else score.idle.set(reason ?? SABOTAGES[name], (score.idle.get(reason ?? SABOTAGES[name]) ?? 0) + 1);
  }
  return score;
}

/** @returns `matters`: it does, and was seen; `missed`; or why it does not matter, null for the reason of its kind */
async function tryOne(
  host: Host,
  { scenario, start }: Drawn,
  trial: string,
  make: () => Saboteur,
  of: 'snapshot' | 'increment',
): Promise<string | null> {
  const run = (one: Saboteur | null, judges: typeof of | 'none'): Promise<CaseResult> =>
    host.run(scenario, start, byStrategy(new RandomWalk(), asBefore(trial)), { saboteur: one, judges });
  const [honest, secret] = [await run(null, 'none'), make()];
  const shown = (result: CaseResult): string | null => (of === 'snapshot' ? result.shown : result.shownNext);
  if (shown(honest) === null) return 'the job was cancelled: nothing is promised';
  const sabotaged = await run(secret, 'none');
  if (!secret.hasStruck) return 'it never came to it';
  if (shown(sabotaged) === shown(honest)) return null;
  return (await run(make(), of)).violation === null ? 'missed' : 'matters';
}

const asBefore = (trial: string): RandomNumbers => randomNumbers(`${trial}/schedule`);
