/**
 * Shows on a real QEMU that the oracle bites: each kind of sabotage is done until so many have changed what the backup
 * shows, and the oracle must see every one of those.
 *
 *     npm run sabotage [-- --enough 200] [--seed TEXT]
 *
 * Exit status: 0 all were seen, 1 some were missed.
 */
import { parseArgs } from 'node:util';
import { scoreOracle } from '../../src/edge/qemu/campaign/oracle-score.ts';
import { Host } from '../../src/edge/qemu/case/host.ts';
import { SABOTAGES, type SabotageName } from '../../src/edge/qemu/case/sabotage.ts';

const { values } = parseArgs({ options: { enough: { type: 'string', default: '200' }, seed: { type: 'string', default: 'a' } } });
const host = await Host.start();
try {
  for (const name of Object.keys(SABOTAGES) as SabotageName[]) {
    const { effective, caught, idle, missed } = await scoreOracle(host, name, values.seed, Number(values.enough));
    console.log(`${name}: ${caught} of ${effective} seen that changed what the backup shows`);
    for (const [reason, count] of idle) console.log(`  ${String(count).padStart(5)} came to nothing: ${reason}`);
    if (missed.length === 0) continue;
    console.log(`  MISSED: ${missed.join(', ')}`);
    process.exitCode = 1;
  }
} finally {
  await host.stop();
}
