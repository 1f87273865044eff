/** What is mutated: real traces, logs and results of units, whole and in pieces, and small ones, which are read a hundred times as fast. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MARK_IDS } from '../../properties/situations.ts';
import { type RandomNumbers, randomNumbers } from '../../src/search/strategies/random-numbers.ts';
import { ROOT } from '../copy-of-tree.ts';
import { below, mutated } from './mutations.ts';
import type { Kind } from './readers.ts';

export interface Input {
  readonly kind: Kind;
  readonly text: string;
}

interface Source {
  /** In hundredths. */
  readonly weight: number;
  readonly kind: Kind;
  readonly draw: (random: RandomNumbers) => string;
}

const one = <T>(list: readonly T[], random: RandomNumbers): T => list[random.below(list.length)]!;

const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(ending))
    .toSorted()
    .map((name) => readFileSync(join(ROOT, folder, name), 'utf8'));

const TRACES = [...filesOf('traces/gallery', '.trace.yaml'), ...filesOf('src/trace/golden', '.trace.yaml')];
const LOGS = filesOf('examples/workloads', 'log');

/** Complete traces of a few lines, in the styles of YAML. */
const SMALL_TRACES = [
  'trace: 1\njob: correct\nscenario: {mode: full, disk: {sectors: 1, clusterSectors: 1}}\nschedule: []\nverdict: {property: a, step: 0}\n',
  'trace: 1\njob: correct\nscenario: {mode: full, disk: {sectors: 0, clusterSectors: 1}}\nschedule: [{job: ' +
    'start}, {job: close}]\nverdict: holds\n',
  '{"trace":1,"job":"correct","scenario":{"mode":"none","disk":{"sectors":1,"clusterSectors":1}},' +
    '"schedule":[{"job":"start"}],"verdict":{"property":"a","step":1}}',
  'trace: 1\njob: correct\nwithout: [copyBeforeWrite]\nscenario: {mode: full, disk: {sectors: 9, ' +
    'clusterSectors: 2, zero: [0, 2-5]}, guest: [{id: g1, write: [3, 2]}, {id: g2, flush: true, after: ' +
    '[g1]}]}\nschedule: []\nverdict: {property: a, step: 0}\n',
  'trace: 1\njob: correct\nscenario:\n  mode: none\n  disk:\n    sectors: 1\n    clusterSectors: ' +
    '1\nschedule:\n  - job: start -> T0\n  - job: ask c0\n  - job: ask c0\nverdict:\n  property: >-\n    ' +
    'a\n  step: 1\n',
  'trace: 2\nsubject: {family: notifier}\nscenario: {images: {disk: {sectors: 1}}, jobs: [{sync: full, cluster-sectors: 1}]}\n' +
    'schedule: []\nverdict: {property: a, step: 0}\n',
  '{"trace":2,"subject":{"custom":"a.mjs"},"scenario":{"images":{"disk":{"sectors":4,"cluster-sectors":2,"backing":"b"},' +
    '"b":{"sectors":4},"target":{"cluster-sectors":1,"backed":true}},"jobs":[{"sync":"top","cluster-sectors":2,"mode":"existing"}]},' +
    '"schedule":[{"job":"start"}],"verdict":"holds"}',
  'trace: 2\nsubject: {qemu: 7.2.22}\nscenario:\n  images: {vda: {sectors: 2}}\n' +
    '  nodes:\n    disk: {image: vda, throttled: true}\n  jobs: [{sync: none, cluster-sectors: 2}]\n' +
    '  requests:\n    - {id: g1, read: [0, 1], node: target}\n  commands:\n    - {cancel: job, after: [g1.done]}\n' +
    '  faults:\n    - {node: disk, op: read, cluster: 0, errno: EIO}\nschedule: []\nverdict: holds\n',
];

const HEAD = 4;
const LINES = LOGS.map((log) => log.split('\n').map((line) => `${line}\n`));

/** A log of its first lines and some others, of which some fit together. */
function excerpt(random: RandomNumbers): string {
  const lines = one(LINES, random);
  const from = below(random, lines.length);
  return [...lines.slice(0, HEAD), ...lines.slice(from, from + 2 + random.below(10))].join('');
}

/** Complete logs of a few requests. */
const SMALL_LOGS = [
  `a b connection=1 Connect export="" size=0x4000 write=1
a b connection=1 Write id=1 offset=0x0 count=0x400 fua=0 ...
a b connection=1 Read id=2 offset=0x200 count=0x200 ...
a b connection=1 ...Write id=1 return=0
a b connection=1 ...Read id=2 return=0
a b connection=1 Trim id=3 offset=0x1000 count=0x1000 ...
a b connection=1 ...Trim id=3 return=-1 error=EIO
a b connection=1 Flush id=4 ...
a b connection=1 ...Flush id=4 return=0
`,
  'fio version 2 iolog\nd.img add\nd.img open\nd.img write 0 4096\nd.img wait 100 0\nd.img read 512 ' +
    '512\nd.img sync 0 0\nd.img trim 4096 4096\nd.img close\n',
  'fio version 3 iolog\n1 d.img add\n2 d.img open\n3 d.img write 0 4096\n4 d.img read 512 512\n5 d.img sync 0 0\n6 d.img close\n',
];

/** Journals and reports of shards, of which each line gets its checksum when it is read (readers.ts). */
const UNITS = [
  `{"cowcheck":"units 1","kind":"random","options":{"mode":"full","runs":3,"seed":"a"},"files":{"workload":"0a"},"model":"m-node20",` +
    `"asked":{"mode":"full","job":"correct","without":["copyBeforeWrite"],"wake":"any","strategy":"pct","exhaustive":false,"runs":3,` +
    `"seed":"a","clusterSectors":2,"window":{"from":0,"count":9},"faults":true,"keepGoing":true},"shard":{"number":1,"of":2}}\n` +
    `{"unit":0,"result":{"mode":"full","schedules":3,"steps":39,"scenarios":1,"cutOff":0,"marks":[${MARK_IDS.map(() => 1).join()}],` +
    `"found":[],"bounds":[{"depth":4,"coroutines":2,"steps":64,"runs":1,"overshoots":0,"logMiss":"-Infinity"}]}}\n{"end":1,"seconds":1.3}`,
  `{"cowcheck":"units 1","kind":"exhaustive","options":{},"files":{},"model":"m","asked":{"mode":"none","job":"qemu-1.6","without":[],` +
    `"wake":"qemu","effects":"cluster","strategy":"portfolio","exhaustive":true,"clusters":1,"clusterSectors":1,"kinds":["write"],` +
    `"variants":["plain"],"faults":false,"memory":9,"keepGoing":false},"shard":null}\n{"unit":7,"result":{"byMode":[["none",{"states":2,` +
    `"transitions":2,"canonicalScenarios":1,"scenarios":1}]],"collisionBound":7e-18,"found":[{"scenario":{"mode":"none","disk":` +
    `{"sectors":1,"clusterSectors":1,"zero":[0],"discardReads":"zero"},"targetClusterSectors":1,"guest":[{"early":false,"kind":"write",` +
    `"first":0,"count":1,"id":"g1","after":[]}],"cancel":true,"faults":[{"side":"source","op":"read","cluster":0,"errno":"EIO",` +
    `"times":1}]},"violation":{"property":"snapshot-kept","sector":0,"expected":1,"got":4,"detail":"d"},"schedule":[1,2,3],` +
    `"without":["copyBeforeWrite"],"run":4,"unit":7,"cause":["copyBeforeWrite"],"bucket":"b"}],"cut":null}}`,
];

function piece(text: string, random: RandomNumbers): string {
  const [a, b] = [below(random, text.length + 1), below(random, text.length + 1)];
  return text.slice(Math.min(a, b), Math.max(a, b));
}

const SOURCES: readonly Source[] = [
  { weight: 28, kind: 'trace', draw: (random) => one(SMALL_TRACES, random) },
  { weight: 6, kind: 'trace', draw: (random) => piece(one(TRACES, random), random) },
  { weight: 3, kind: 'trace', draw: (random) => one(TRACES, random) },
  { weight: 41, kind: 'log', draw: (random) => one(SMALL_LOGS, random) },
  { weight: 17, kind: 'log', draw: excerpt },
  { weight: 1, kind: 'log', draw: (random) => one(LOGS, random) },
  { weight: 4, kind: 'units', draw: (random) => one(UNITS, random) },
];

/** The nth input of a seed, which depends on nothing else. */
export function inputOf(seed: string, n: number): Input {
  const random = randomNumbers(`${seed}/${n}`);
  let at = random.below(100);
  const source = SOURCES.find(({ weight }) => (at -= weight) < 0)!;
  const other = random.below(4) === 0 ? one(random.below(2) === 0 ? SMALL_LOGS : TRACES, random) : source.draw(random);
  return { kind: source.kind, text: mutated(source.draw(random), random, other) };
}
