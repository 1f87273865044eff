/** Makes the jobs of block-copy, and what is asked of them alone, known: import it where such jobs may be asked for. */
// First the machine: the steps are numbered as their modules load, and those of a family that is made known come last.
import '../../model/machine/machine.ts';
import { blockCopyFamily } from '../../model/families/block-copy/family.ts';
import { RULES, rulesWithout } from '../../model/families/block-copy/rules.ts';
import { offerFamily } from '../../model/machine/offered.ts';
import { offerPropertiesOfSeveral, offerProperty } from '../../properties/all.ts';
import { IncrementInModel } from '../../properties/increment-in-model.ts';
import { offerReturned } from '../../properties/reader-in-model.ts';
import { ReadsReturned } from '../../properties/reads-returned.ts';
import { OneCutInModel, groupInModel, startInModel } from '../../properties/two-disks-in-model.ts';

offerReturned((machine, judge) => new ReadsReturned(machine, judge));
offerProperty((machine, oracle) => (machine.sourceNode.dirty === null ? null : new IncrementInModel(machine, oracle)));

offerPropertiesOfSeveral((machine, second) =>
  machine.shape.transaction === 'apart' ? [] : [new OneCutInModel(machine, second), startInModel(machine), groupInModel(machine)],
);

offerFamily({
  name: 'block-copy',
  rules: RULES,
  make: (without, asked) => blockCopyFamily(rulesWithout(without), asked),
});
