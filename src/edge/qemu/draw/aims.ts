/** All aims, and how often a run is aimed. */
import type { RandomNumbers } from '../../../search/strategies/random-numbers.ts';
import { ROLES } from '../disks/role.ts';
import type { Hold } from '../case/hold-back.ts';
import type { Drawn } from '../case/start.ts';
import { type Aim, type AimScope, type Aimed, oneOf } from './aim.ts';
import { atStart } from './at-start.ts';
import { bareTarget } from './bare-target.ts';
import { bitmapEnds } from './bitmap-ends.ts';
import { chain } from './chain.ts';
import { heldCopy } from './held-copy.ts';
import { jobErrors } from './job-errors.ts';
import { lateCopy } from './late-copy.ts';
import { snapshotReads } from './snapshot-reads.ts';
import { twoDisks } from './two-disks.ts';

/** The first ones have most to come to: each end in each bitmap-mode, and all that a reader may meet. */
const AIMS: readonly Aim[] = [
  ...[bitmapEnds, bitmapEnds, snapshotReads, bareTarget, bareTarget, heldCopy].flatMap((aim) => [aim, aim]),
  ...[jobErrors, atStart, twoDisks, chain, lateCopy].flatMap((aim) => [aim, aim, aim]),
];

/** Three runs of four are aimed; of the others one in two has something held back, whatever it is. */
const AIMED = { of: 4, aimed: 3 } as const;

export function aimed(drawn: Drawn, scope: AimScope, random: RandomNumbers): Aimed {
  if (random.below(AIMED.of) >= AIMED.aimed) return { ...drawn, holds: random.below(2) === 0 ? [] : [somethingHeld(random)] };
  const possible = AIMS.flatMap((aim) => aim(drawn, scope, random) ?? []);
  return possible[random.below(possible.length)] ?? { ...drawn, holds: [] };
}

const somethingHeld = (random: RandomNumbers): Hold => ({
  role: oneOf(random, ...ROLES),
  op: oneOf(random, 'read', 'write'),
  nth: random.below(3),
  before: oneOf(random, 'effect', 'answer'),
});
