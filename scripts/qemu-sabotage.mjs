/**
 * The oracle's teeth on a real QEMU: of each kind of sabotage so many that change what the backup shows, and
 * the oracle must see them all. `npm run sabotage -- [--enough 200] [--seed TEXT]`
 */
import { parseArgs } from 'node:util';
import { Host } from '../dist/src/edge/qemu/case/host.js';
import { SABOTAGES } from '../dist/src/edge/qemu/case/sabotage.js';
import { bite } from '../dist/src/edge/qemu/campaign/teeth.js';

const { values } = parseArgs({ options: { enough: { type: 'string', default: '200' }, seed: { type: 'string', default: 'a' } } });
const host = await Host.start();
try {
  for (const name of Object.keys(SABOTAGES)) {
    const { mattered, caught, idle, missed } = await bite(host, name, values.seed, Number(values.enough));
    console.log(`${name}: ${caught} of ${mattered} seen that changed what the backup shows`);
    for (const [reason, count] of idle) console.log(`  ${String(count).padStart(5)} came to nothing: ${reason}`);
    if (missed.length === 0) continue;
    console.log(`  MISSED: ${missed.join(', ')}`);
    process.exitCode = 1;
  }
} finally {
  await host.stop();
}
