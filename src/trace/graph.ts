/** The images and nodes of a scenario of format 2, and which of them the one job of the model reads and writes. */
import type { Written } from '../scenarios/dimensions/notation.ts';
import type { Side } from '../../model/block/errors.ts';
import { NOTATIONS } from '../scenarios/dimensions/all.ts';
import { INCREMENTAL } from '../../model/sync.ts';
import { kebab } from '../scenarios/dimensions/notation.ts';
import type { WrittenScenario } from './format-2.ts';
import { TraceContentError } from './parts.ts';
import { nameOf } from './issue.ts';

export type Path = readonly PropertyKey[];
export type Image = WrittenScenario['images'][string];
export type Job = WrittenScenario['jobs'][number];

export interface Graph {
  readonly job: Job;
  /** What is said of the source's node. */
  readonly node: Partial<WrittenScenario['nodes'][string]>;
  readonly source: Image & { readonly sectors: number };
  readonly sourcePath: Path;
  /** Null: there is no backing file. */
  readonly baseSectors: number | null;
  /** Absent: a new one, of which nothing is said. */
  readonly target: Image | undefined;
  readonly targetPath: Path;
  /** The target's node opens the image of the source's. */
  readonly targetIsSource: boolean;
  /** @throws TraceContentError if it is neither node @param path where in the trace it is named */
  readonly sideOf: (node: string, path: Path) => Side;
}

export const refuse = (path: Path, why: string): never => {
  throw new TraceContentError(`${nameOf(path)}: ${why}`, path);
};
export const cannotRun = (path: Path, what: string): never => refuse(path, `the model cannot run ${what} yet`);

const OF_DIMENSIONS = NOTATIONS.filter(({ place }) => place === 'image').map(({ key }) => kebab(key));
/** What the model knows of an image, by what the image is to the job. */
const SOURCE: readonly string[] = [
  'sectors',
  'cluster-sectors',
  'allocated',
  'zero-clusters',
  'parallel',
  'backing',
  'zero',
  ...OF_DIMENSIONS,
];
const BASE: readonly string[] = ['sectors'];
const NEW_TARGET: readonly string[] = ['cluster-sectors'];
const EXISTING_TARGET: readonly string[] = ['sectors', 'cluster-sectors', 'backed', 'data'];
const OF_CLUSTERS = ['allocated', 'zero-clusters', 'parallel', 'backing'] as const;

/** @throws TraceContentError unless the images and nodes are those of one job, and say what the model knows of them */
export function graphOf(scenario: WrittenScenario): Graph {
  const { images, nodes } = scenario;
  const job = theJob(scenario);
  const { device, target: sink } = job;
  if (device === sink) refuse(at('jobs', 0, 'target'), `expected another node than its device, ${device}`);
  const [sourceName, targetName] = [device, sink].map((name) => entry(nodes, name)?.image ?? name) as [string, string];
  const source = sourceNamed(images, sourceName);
  const { backing } = source;
  const baseSectors = backing === undefined ? null : baseOf(images, sourceName, backing);
  if (backing === targetName) cannotRun(at('images', sourceName, 'backing'), 'a target that is the backing file');
  const targetIsSource = targetName === sourceName;
  const target = targetIsSource ? undefined : entry(images, targetName);
  checkTarget(job, target, targetName, targetIsSource);
  refuseOthers(images, [sourceName, backing, targetName], 'another image', 'images');
  refuseOthers(nodes, [device, sink], 'another node', 'nodes');
  const more = Object.entries(entry(nodes, sink) ?? {}).find(([key, value]) => key !== 'image' && isSaid(value));
  if (more !== undefined) cannotRun(at('nodes', sink, more[0]), `a target with ${more[0]}`);
  return {
    job,
    node: entry(nodes, device) ?? {},
    source,
    sourcePath: at('images', sourceName),
    baseSectors,
    target,
    targetPath: at('images', targetName),
    targetIsSource,
    sideOf: (node, path) => (node === device ? 'source' : node === sink ? 'target' : refuse(path, `expected ${device} or ${sink}`)),
  };
}

const at = (...path: Path): Path => ['scenario', ...path];

function theJob({ jobs }: WrittenScenario): Job {
  const [job, other] = jobs;
  if (job === undefined) return refuse(at('jobs'), 'expected a job');
  if (other !== undefined) cannotRun(at('jobs', 1), 'a second job');
  if (job.id !== 'job') cannotRun(at('jobs', 0, 'id'), 'a job of another name than "job"');
  const { dirty, 'bitmap-mode': bitmapMode } = job as Written;
  if (dirty !== undefined && bitmapMode === undefined && job.sync !== INCREMENTAL) refuse(at('jobs', 0, 'dirty'), 'takes a bitmap-mode');
  if (job.bitmap !== undefined) cannotRun(at('jobs', 0, 'bitmap'), 'a job with a bitmap that has a name');
  return job;
}

/** A name is anybody's text: `constructor` names nothing that was not said. */
const entry = <T>(record: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

/** @param path of what names it */
function imageNamed(images: WrittenScenario['images'], name: string, path: Path): Graph['source'] {
  const image = entry(images, name) ?? refuse(path, `no image is named ${name}`);
  return { ...image, sectors: image.sectors ?? refuse(at('images', name), 'expected sectors, its length') };
}

function sourceNamed(images: WrittenScenario['images'], name: string): Graph['source'] {
  const source = imageNamed(images, name, at('jobs', 0));
  onlySays(source, SOURCE, 'a source', at('images', name));
  const ofClusters = OF_CLUSTERS.find((key) => isSaid(source[key]));
  if (source['cluster-sectors'] === undefined && ofClusters !== undefined)
    refuse(at('images', name, ofClusters), 'a raw image has none: add cluster-sectors');
  return source;
}

function checkTarget({ mode }: Job, target: Image | undefined, name: string, isSource: boolean): void {
  const exists = mode === 'existing';
  if (isSource && !exists) refuse(at('jobs', 0), 'its target is the source, so it exists: add mode: existing');
  if (exists && !isSource && target === undefined) refuse(at('jobs', 0), `its target exists, but no image is named ${name}`);
  if (target === undefined) return;
  const path = at('images', name);
  if (exists) onlySays(target, EXISTING_TARGET, 'a target', path);
  else onlySays(target, NEW_TARGET, 'a new target (mode: absolute-paths)', path);
}

function baseOf(images: WrittenScenario['images'], overlay: string, name: string): number {
  const path = at('images', overlay, 'backing');
  if (name === overlay) refuse(path, 'an image is not its own backing file');
  const base = imageNamed(images, name, path);
  onlySays(base, BASE, 'a backing file', at('images', name));
  return base.sectors;
}

const isSaid = (value: unknown): boolean => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);

function onlySays(image: Image, keys: readonly string[], role: string, path: Path): void {
  const [other] = Object.entries(image).find(([key, value]) => isSaid(value) && !keys.includes(key)) ?? [];
  if (other !== undefined) cannotRun([...path, other], `${role} with ${other}`);
}

function refuseOthers(named: object, known: readonly (string | undefined)[], what: string, key: string): void {
  const other = Object.keys(named).find((name) => !known.includes(name));
  if (other !== undefined) cannotRun(at(key, other), what);
}
