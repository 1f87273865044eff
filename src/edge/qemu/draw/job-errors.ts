/** An error of the job's own copy, with each policy. */
import { ERRNOS } from '../../../../model/block/errors.ts';
import { ERROR_POLICIES } from '../../../../model/job/error-policy.ts';
import { syncOf } from '../../../../model/sync.ts';
import { type Aim, COPY_FAULTS, clustersIn, oneByOne, oneOf, sensible, withDataIn, withFaults } from './aim.ts';

export const jobErrors: Aim = (drawn, { faults }, random) => {
  if (!faults || !syncOf(drawn.scenario.mode).endsByItself || drawn.start.bitmapMode !== null) return null;
  const { scenario, start } = random.below(2) === 0 ? drawn : oneByOne(drawn);
  const cluster = random.below(clustersIn(scenario));
  const fault = { ...oneOf(random, ...COPY_FAULTS), cluster, errno: oneOf(random, ...ERRNOS), times: 1 + random.below(2) };
  const policy = oneOf(random, ...ERROR_POLICIES);
  const other = oneOf(random, ...ERROR_POLICIES);
  const onError = fault.side === 'source' ? { source: policy, target: other } : { source: other, target: policy };
  return sensible({
    scenario: { ...withFaults(withDataIn(scenario, cluster), fault), onError, resume: true, cancel: false, cancelAfter: [] },
    start,
    holds: [],
  });
};
