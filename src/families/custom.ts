/** Makes known what is asked of custom jobs alone: import it where such jobs may run. */
import { offerReplayContract } from '../../model/machine/offered.ts';
import { ReplayContract } from '../../model/machine/replay-contract.ts';
import { offerReturned } from '../../properties/reader-in-model.ts';
import { ReadsReturned } from '../../properties/reads-returned.ts';

offerReplayContract((own, machine, makeTwin) => new ReplayContract(own, machine, makeTwin));
offerReturned((machine, judge) => new ReadsReturned(machine, judge));
