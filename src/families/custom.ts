/** Makes known what is asked of custom jobs alone: import it where such jobs may run. */
import { offerReturned } from '../../properties/reader-in-model.ts';
import { ReadsReturned } from '../../properties/reads-returned.ts';

offerReturned((machine, judge) => new ReadsReturned(machine, judge));
