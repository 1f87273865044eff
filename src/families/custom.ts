/** Makes known what is asked of custom jobs alone: import it where such jobs may run. */
import { offerReplayContract } from '../../model/machine/offered.ts';
import { ReplayContract } from '../../model/machine/replay-contract.ts';
import { jobNamed } from '../../model/families/custom/known.ts';
import { offerOwnProperties } from '../../properties/all.ts';
import { OwnProperties } from '../../properties/own/own-properties.ts';
import { offerReturned } from '../../properties/reader-in-model.ts';
import { ReadsReturned } from '../../properties/reads-returned.ts';

offerReplayContract((own, machine, makeTwin) => new ReplayContract(own, machine, makeTwin));
offerReturned((machine, judge) => new ReadsReturned(machine, judge));
offerOwnProperties((machine, builtIn, oracle) => {
  const { customJob: name, mode } = machine.shape;
  if (name === undefined) return null;
  const job = jobNamed(name, mode);
  const isUsual = (job.properties ?? []).length + (job.skip ?? []).length === 0;
  return isUsual ? null : new OwnProperties(machine, builtIn, oracle, { name, job });
});
