/** Makes the jobs of block-copy known to machines: import it where such jobs may be asked for. */
// First the machine: the steps are numbered as their modules load, and those of a family that is made known come last.
import '../../model/machine/machine.ts';
import { blockCopyFamily } from '../../model/families/block-copy/family.ts';
import { RULES, rulesWithout } from '../../model/families/block-copy/rules.ts';
import { offerFamily } from '../../model/machine/offered.ts';

offerFamily({
  name: 'block-copy',
  rules: RULES,
  make: (without) => blockCopyFamily(rulesWithout(without)),
});
