/** Makes known what is asked of custom jobs, and of built-in ones besides the usual: import it where either may run. */
import { offerReplayContract } from '../../model/machine/offered.ts';
import { ReplayContract } from '../../model/machine/replay-contract.ts';
import { jobNamed } from '../../model/families/custom/known.ts';
import { moreAsked } from '../../model/families/custom/more-asked.ts';
import { offerOwnProperties } from '../../properties/all.ts';
import { OwnProperties } from '../../properties/own/own-properties.ts';
import { offerReturned } from '../../properties/reader-in-model.ts';
import { ReadsReturned } from '../../properties/reads-returned.ts';

offerReplayContract((own, machine, makeTwin) => new ReplayContract(own, machine, makeTwin));
offerReturned((machine, judge) => new ReadsReturned(machine, judge));
offerOwnProperties((machine, builtIn, oracle) => {
  const { customJob: name, mode, asked } = machine.shape;
  const { properties = [], skip = [] } = name === undefined ? {} : jobNamed(name, mode);
  const more = moreAsked(asked);
  const declared = [
    ...properties.map((property) => ({ file: name!, property })),
    ...more.properties.map((property) => ({ file: asked!, property })),
  ];
  const skipped = [...skip, ...more.skip];
  if (declared.length + skipped.length === 0) return null;
  return new OwnProperties(machine, builtIn, oracle, { declared, skipped, isOfBuiltIn: name === undefined });
});
