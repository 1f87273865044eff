/** A target that is put over the backing file only when all is over, and has larger clusters than the source has pieces of its own. */
import { type Aim, clustersIn, oneOf, sensible } from './aim.ts';

export const bareTarget: Aim = ({ scenario, start }, { requestsMax }, random) => {
  const { overlay, clusterSectors, sectors } = scenario.disk;
  if (start.backing !== 'later' || overlay === undefined) return null;
  const parity = random.below(2);
  const own = Array.from({ length: clustersIn(scenario) }, (_, c) => c).filter((c) => c % 2 === parity);
  const { pause: _pause, faults: _faults, ...plain } = scenario;
  return sensible({
    scenario: {
      ...plain,
      disk: {
        ...scenario.disk,
        zero: scenario.disk.zero.slice(0, 1),
        overlay: { clusterSectors, allocated: own, zeroClusters: [], baseSectors: sectors },
      },
      targetClusterSectors: clusterSectors * oneOf(random, 2, 4),
      guest: scenario.guest.slice(0, Math.min(requestsMax, random.below(3))),
      cancel: false,
      cancelAfter: [],
    },
    start: { ...start, chunk: start.chunk === null ? null : 0, minCluster: null },
    holds: [],
  });
};
