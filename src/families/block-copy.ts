/** Makes the jobs of block-copy known to machines: import it where such jobs may be asked for. */
// First the machine: the steps are numbered as their modules load, and those of a family that is made known come last.
import '../../model/machine/machine.ts';
import { blockCopyFamily } from '../../model/families/block-copy/family.ts';
import { MODES } from '../../model/families/block-copy/modes.ts';
import { RULES, rulesWithout } from '../../model/families/block-copy/rules.ts';
import { JobError } from '../../model/families/custom/job-error.ts';
import { modesInWords } from '../../model/sync.ts';
import { offerFamily } from '../../model/machine/offered.ts';

offerFamily({
  name: 'block-copy',
  modes: MODES,
  rules: RULES,
  make(mode, without) {
    if (!MODES.includes(mode)) throw new JobError(`block-copy: it does ${modesInWords(MODES)}, and not ${modesInWords([mode])}`);
    return blockCopyFamily(rulesWithout(without));
  },
});
