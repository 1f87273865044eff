/** `node dist/tools/guest-logs/main.js fio|nbdkit BYTES REQUESTS [SEED]`: writes such a log to standard output. */
import { once } from 'node:events';
import { fioLines, nbdkitLines } from './generate.ts';

const [format = '', bytes, requests, seed = 'a'] = process.argv.slice(2);
const lines = { fio: fioLines, nbdkit: nbdkitLines }[format];
const guest = { diskBytes: Number(bytes), requests: Number(requests), seed };
if (lines === undefined || !(guest.diskBytes >= 4096) || !(guest.requests >= 1)) {
  process.stderr.write('usage: main.js fio|nbdkit BYTES REQUESTS [SEED]\n');
  process.exit(2);
}
let text = '';
for (const line of lines(guest)) {
  text += line;
  if (text.length < 65_536) continue;
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
  text = '';
}
process.stdout.write(text);
