/** Makes the jobs of block-copy known to machines: import it where such jobs may be asked for. */
import { MODES, blockCopyFamily } from '../../model/families/block-copy/family.ts';
import { RULES, rulesWithout } from '../../model/families/block-copy/rules.ts';
import { offerFamily } from '../../model/machine/families.ts';

offerFamily({ name: 'block-copy', modes: MODES, rules: RULES, make: (without) => blockCopyFamily(rulesWithout(without)) });
