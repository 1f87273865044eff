/** `node dist/tools/second-block-copy/main.js [SCENARIOS] [SEED]`: holds the model of block-copy against the second one. */
import { compare } from './compare.ts';

const [count = '3000', seed = 'second'] = process.argv.slice(2);
const { scenarios, outcomes, passedOver, different } = compare(seed, Number(count));
console.log(`${scenarios} scenarios, ${outcomes} outcomes; ${passedOver} more were too large`);
if (different === null) console.log('both models come to the same outcomes');
else {
  console.log(JSON.stringify(different, null, 2));
  process.exitCode = 1;
}
