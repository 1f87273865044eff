/** The rules that the command and the block layer ask for every custom job. All are on: what may be wrong is the job's code. */
import type { AllocationRules } from '../../block/allocation.ts';
import type { TargetRules } from '../../job/target.ts';

export const commandRules = (): TargetRules & AllocationRules => ({
  topStopsAtEndOfDisk: true,
  allocationErrorIsHandled: true,
  topAsksWholeCluster: true,
  topWithoutBackingIsFull: true,
  topTargetGetsSourcesBacking: true,
  noneTargetGetsLiveSource: true,
  fullTargetGetsNoBacking: true,
  targetClusterNotLarger: true,
  targetLengthIsSourceLength: true,
  targetIsNotSource: true,
  targetTellsHoles: true,
  existingTargetIsEmpty: true,
});
