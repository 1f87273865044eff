/** What every job of this family asks of its target: the rules of model/job/target.ts, of which one is in its table. */
import type { TargetRules } from '../../job/target.ts';
import type { Rules } from './rules.ts';

export const targetRules = ({ targetLengthIsSourceLength }: Rules): TargetRules => ({
  targetLengthIsSourceLength,
  topWithoutBackingIsFull: true,
  topTargetGetsSourcesBacking: true,
  noneTargetGetsLiveSource: true,
  fullTargetGetsNoBacking: true,
  targetClusterNotLarger: true,
  targetIsNotSource: true,
  targetTellsHoles: true,
  existingTargetIsEmpty: true,
});
