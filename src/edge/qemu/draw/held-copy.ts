/** A copy that is held back while the job is cancelled or paused, or while guests go on. */
import { syncOf } from '../../../../model/sync.ts';
import type { Hold } from '../case/hold-back.ts';
import type { Role } from '../disks/role.ts';
import { type Aim, clustersIn, oneByOne, oneOf, sensible, someSectorsAt, withDataIn, withRequests } from './aim.ts';

export const heldCopy: Aim = (drawn, scope, random) => {
  if (drawn.start.by === 'filter') return null;
  const { scenario, start } = random.below(2) === 0 ? drawn : oneByOne(drawn);
  const { endsByItself } = syncOf(scenario.mode);
  const cluster = oneOf(random, clustersIn(scenario) - 1, random.below(clustersIn(scenario)));
  const write = { kind: oneOf(random, 'write', 'write', 'zero'), ...someSectorsAt(scenario, cluster, random) } as const;
  const { scenario: asked } = withRequests(withDataIn(scenario, cluster), [write], scope, random);
  const held = (role: Role): Hold => ({
    role,
    op: oneOf(random, 'read', 'write'),
    nth: oneOf(random, 0, 0, 1),
    before: oneOf(random, 'effect', 'answer'),
  });
  const isPaused = endsByItself && random.below(2) === 0;
  const holds = [held('guest copy'), ...(endsByItself ? [held('job copy')] : [])];
  const { pause: _pause, ...unpaused } = asked;
  return sensible({
    scenario: { ...unpaused, cancel: !isPaused || !endsByItself, ...(isPaused ? { pause: true } : {}) },
    start,
    holds: random.below(2) === 0 ? holds : holds.toReversed(),
  });
};
