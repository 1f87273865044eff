/**
 * What is run on a real QEMU: scenarios from the same arbitraries as the model's. A sector is half a cluster
 * of 64 KiB, an eighth, or 512 bytes, so that requests are unaligned by as much; and the target's clusters are
 * of any size that qcow2 has, from 512 bytes to 2 MiB.
 */
import type { SyncMode } from '../../../../model/sync.ts';
import { plainTargetClusterSectors } from '../../../../model/scenario/plain-target.ts';
import type { Scenario } from '../../../../model/scenario/scenario.ts';
import type { RandomNumbers } from '../../../search/strategies/random-numbers.ts';
import { type Scope, drawScenario, scenarios } from '../../../scenarios/draw.ts';
import { BACKUP_CLUSTER_BYTES } from '../disks/pattern.ts';
import { fits, sectorBytesOf } from '../disks/disks.ts';
import type { Capabilities } from '../daemon/capabilities.ts';
import { type FeatureName, isWanted } from './features.ts';
import { withReadersAtWrites } from './snapshot-readers.ts';
import type { Aimed } from './aim.ts';
import { aimed } from './aims.ts';
import { PLAIN } from '../../../validate/start.ts';
import { type Drawn, drawStart } from '../case/start.ts';

export type QemuScope = Pick<Scope, 'clusters' | 'writes'> & { readonly faults: boolean; readonly only?: readonly FeatureName[] };

/** What is asked for by name comes at the latest once in some dozens. */
const TRIES_MAX = 100_000;

/** Sectors in 64 KiB. */
const CLUSTER_SECTORS = [2, 2, 8, 8, 128] as const;

export class Draw {
  readonly #scope: QemuScope;
  readonly #arbitraries = new Map<string, ReturnType<typeof scenarios>>();

  constructor(scope: QemuScope) {
    this.#scope = scope;
  }

  /** @param has what the QEMU can do that it is drawn for */
  draw(mode: SyncMode, random: RandomNumbers, has: Capabilities): Aimed {
    const { writes, faults, only = [] } = this.#scope;
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const clusterSectors = CLUSTER_SECTORS[random.below(CLUSTER_SECTORS.length)]!;
      const scenario = widened(onlyWhatQemuHas(drawScenario(this.#arbitrary(mode, clusterSectors), random)), random);
      const start = drawStart(scenario, random, has);
      const isOfSnapshot = start.reads === 'snapshot-access';
      const drawn = { scenario: isOfSnapshot ? withReadersAtWrites(scenario, this.#scope.writes, random) : scenario, start };
      if (!fits(scenario)) continue;
      const one = aimed(drawn, { requestsMax: writes, faults, chains: only.includes('chain') }, random);
      if (isWanted(one, only)) return one;
    }
    throw new Error(
      `none of ${TRIES_MAX} random runs of mode ${mode} had ${this.#scope.only?.join(' or ')}: choose other --only or --mode`,
    );
  }

  #arbitrary(mode: SyncMode, clusterSectors: number): ReturnType<typeof scenarios> {
    const key = `${mode} ${clusterSectors}`;
    const arbitrary = this.#arbitraries.get(key) ?? scenarios(mode, { ...this.#scope, clusterSectors });
    this.#arbitraries.set(key, arbitrary);
    return arbitrary;
  }
}

/**
 * Limits of I/O and of speed are measured in time, which nobody here controls; nodes that copy on read, and old targets, are
 * not set up; and there is no machine whose state anybody could save.
 */
export function onlyWhatQemuHas({
  existingTarget: _existing,
  speed: _speed,
  disk: { throttled: _throttled, copyOnRead: _copyOnRead, ...disk },
  ...scenario
}: Scenario): Scenario {
  const { mode, targetClusterSectors, cancelAfter } = scenario;
  const guest = scenario.guest.filter(({ kind }) => kind !== 'savevm');
  const isThere = (id: string): boolean => guest.some((g) => g.id === id);
  return {
    ...scenario,
    disk,
    // what is raw may have been so because it was an old one
    targetClusterSectors: targetClusterSectors || plainTargetClusterSectors(mode, disk.clusterSectors),
    guest: guest.map((g) => ({ ...g, after: g.after.filter(isThere) })),
    ...(cancelAfter === undefined ? {} : { cancelAfter: cancelAfter.filter(isThere) }),
  };
}

const TARGET_CLUSTER_BITS = { min: 9, max: 21 } as const;

/** Half of the targets with clusters get some other size. */
function widened(scenario: Scenario, random: RandomNumbers): Scenario {
  if (scenario.targetClusterSectors === 0 || random.below(2) === 0) return scenario;
  const sectorBits = Math.log2(sectorBytesOf(scenario));
  const bits =
    Math.max(sectorBits, TARGET_CLUSTER_BITS.min) +
    random.below(TARGET_CLUSTER_BITS.max + 1 - Math.max(sectorBits, TARGET_CLUSTER_BITS.min));
  return { ...scenario, targetClusterSectors: 2 ** (bits - sectorBits) };
}

/**
 * Without what the model does not know: copies larger than the target's clusters ask for, two disks, and bits that stand for several
 * clusters.
 */
export const asTheModelCan = ({ scenario, start }: Drawn): Drawn => {
  const { transaction, second } = PLAIN;
  const granularity = start.granularity === null ? null : Math.min(start.granularity, BACKUP_CLUSTER_BYTES);
  return { scenario, start: { ...start, minCluster: null, transaction, second, granularity } };
};
