/** Logs of guests that never were, as long as one likes: what reads logs is measured with them. */
import { type RandomNumbers, randomNumbers } from '../../src/search/strategies/random-numbers.ts';

export interface GuestOfALog {
  readonly diskBytes: number;
  readonly requests: number;
  readonly seed: string;
}

const BLOCK = 4096;
/** Four of five requests go to so many blocks in a row, as in a database; the others anywhere. */
const HOT_BLOCKS = 16_384;
const IN_FLIGHT = 16;

interface Asked {
  readonly kind: 'read' | 'write' | 'trim' | 'flush';
  readonly offset: number;
  readonly bytes: number;
}

/** An nbdkit log, line by line. Answers come in any order. */
export function* nbdkitLines({ diskBytes, requests, seed }: GuestOfALog): Generator<string> {
  const random = randomNumbers(seed);
  const verbs = { read: 'Read', write: 'Write', trim: 'Trim', flush: 'Flush' } as const;
  const line = (text: string): string => `2026-11-23 04:25:14.540965 connection=1 ${text}\n`;
  yield line(`Connect export="" tls=0 size=0x${diskBytes.toString(16)} minsize=0x1 prefsize=0x1000 maxsize=0xffffffff write=1`);
  const inFlight: string[] = [];
  const answer = (): string => line(`...${inFlight.splice(random.below(inFlight.length), 1)[0]} return=0`);
  for (let id = 1; id <= requests; id++) {
    while (inFlight.length >= IN_FLIGHT || (inFlight.length > 0 && random.below(2) === 0)) yield answer();
    const { kind, offset, bytes } = asked(diskBytes, random);
    const title = `${verbs[kind]} id=${id}`;
    inFlight.push(title);
    yield line(kind === 'flush' ? `${title} ...` : `${title} offset=0x${offset.toString(16)} count=0x${bytes.toString(16)} fua=0 ...`);
  }
  while (inFlight.length > 0) yield answer();
}

/** A fio iolog of version 3, line by line. */
export function* fioLines({ diskBytes, requests, seed }: GuestOfALog): Generator<string> {
  const random = randomNumbers(seed);
  const words = { read: 'read', write: 'write', trim: 'trim', flush: 'datasync' } as const;
  yield 'fio version 3 iolog\n0 disk.img add\n0 disk.img open\n';
  yield `1 disk.img read ${diskBytes - BLOCK} ${BLOCK}\n`; // the log knows no other size of the disk
  for (let i = 1; i < requests; i++) {
    const { kind, offset, bytes } = asked(diskBytes, random);
    yield `${10 * i} disk.img ${words[kind]} ${offset} ${bytes}\n`;
  }
  yield `${10 * requests} disk.img close\n`;
}

function asked(diskBytes: number, random: RandomNumbers): Asked {
  const blocks = diskBytes / BLOCK;
  const kind = (['write', 'write', 'write', 'write', 'write', 'read', 'read', 'read', 'trim', 'flush'] as const)[random.below(10)]!;
  if (kind === 'flush') return { kind, offset: 0, bytes: 0 };
  const isHot = random.below(5) > 0;
  const first = isHot ? random.below(Math.min(HOT_BLOCKS, blocks)) : Math.floor(((random.bits() >>> 0) / 2 ** 32) * blocks);
  const count = Math.min(blocks - first, isHot ? 1 + random.below(4) : 1 + random.below(64));
  return { kind, offset: first * BLOCK, bytes: count * BLOCK };
}
