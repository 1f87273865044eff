/** From a scenario of format 2 to what the model runs, which has one job, its source and target, and no bitmap yet. */
import { plainTargetClusterSectors } from '../../model/scenario/plain-target.ts';
import type { GuestOperation, Scenario } from '../../model/scenario/scenario.ts';
import { INCREMENTAL, INCREMENTAL_MEANS, type SyncMode } from '../../model/sync.ts';
import { GRAMMARS, NOTATIONS } from '../scenarios/dimensions/all.ts';
import { type Notation, type Written, kebab, withValue, written as wordsOf } from '../scenarios/dimensions/notation.ts';
import { KINDS, RANGELESS, type WrittenScenario } from './format-2.ts';
import { type Graph, type Path, cannotRun, graphOf, refuse } from './graph.ts';
import { refuseNonsense, unfold } from './parts.ts';

const at = (...path: Path): Path => ['scenario', ...path];

/** @throws TraceContentError for what makes no sense, and for what the model can't run yet */
export function readScenario(written: WrittenScenario): Scenario {
  for (const name of Object.keys(written.bitmaps)) cannotRun(at('bitmaps', name), 'a bitmap');
  const graph = graphOf(written);
  const { job } = graph;
  const mode = job.sync === INCREMENTAL ? INCREMENTAL_MEANS : job.sync;
  const { cancel, others } = readCommands(written.commands);
  const plain: Scenario = {
    mode,
    disk: toDisk(graph),
    ...toTarget(graph, mode),
    guest: written.requests.map((request, i) => toOperation(request, graph, at('requests', i))),
    cancel: cancel !== null,
    cancelAfter: cancel ?? [],
  };
  const placeOf: Record<Notation['place'], Written> = { image: graph.source, node: graph.node, job, scenario: written, command: others };
  const scenario = NOTATIONS.reduce((before, notation) => {
    const { key, place, plain: usual } = notation;
    const { read = ({ [kebab(key)]: value }: Written): unknown => value } = GRAMMARS[key];
    return withValue(notation, before, read(placeOf[place], (node, path) => graph.sideOf(node, at(...path))) ?? usual);
  }, plain);
  refuseNonsense(scenario, at('requests'));
  return scenario;
}

function toDisk({ job, source, sourcePath, baseSectors }: Graph): Scenario['disk'] {
  const { sectors, 'cluster-sectors': clusterSectors, parallel, zero, allocated, 'zero-clusters': zeroClusters } = source;
  const list = (numbers: typeof zero, key: string): number[] => unfold(numbers, sectors, [...sourcePath, key]);
  return {
    sectors,
    clusterSectors: job['cluster-sectors'],
    zero: list(zero, 'zero'),
    discardReads: 'zero',
    ...(clusterSectors === undefined
      ? {}
      : {
          overlay: {
            clusterSectors,
            allocated: list(allocated, 'allocated'),
            zeroClusters: list(zeroClusters, 'zero-clusters'),
            baseSectors,
            ...(parallel === undefined ? {} : { parallel }),
          },
        }),
  };
}

function toTarget(
  { job, source, target, targetPath, targetIsSource }: Graph,
  mode: SyncMode,
): Pick<Scenario, 'targetClusterSectors' | 'existingTarget'> {
  const { sectors } = source;
  if (targetIsSource) return { targetClusterSectors: 0, existingTarget: { sectors, backed: false, data: [], isSource: true } };
  if (target === undefined) return { targetClusterSectors: plainTargetClusterSectors(mode, job['cluster-sectors']) };
  const { 'cluster-sectors': targetClusterSectors = 0, sectors: length = sectors, backed, data } = target;
  if (job.mode !== 'existing') return { targetClusterSectors };
  return { targetClusterSectors, existingTarget: { sectors: length, backed, data: unfold(data, length, [...targetPath, 'data']) } };
}

type Request = WrittenScenario['requests'][number];

/** A read of the target reads the point in time. */
function toOperation(request: Request, { job, sideOf }: Graph, path: Path): GuestOperation {
  const { id, node = job.device, early } = request;
  const kind = [...KINDS, ...RANGELESS].find((one) => request[one] !== undefined)!;
  const [first, count] = kind === 'flush' || kind === 'savevm' ? [0, 0] : request[kind]!;
  const isOfTarget = sideOf(node, [...path, 'node']) === 'target';
  if (isOfTarget && kind !== 'read') cannotRun([...path, kind], `a ${kind} of the target`);
  return { id, kind: isOfTarget ? 'readT0' : kind, first, count, after: ended(request.after, path), early };
}

/** The requests that must have ended. @param path of what comes after them */
function ended(after: readonly string[], path: Path): string[] {
  return after.map((event, i) => {
    const [name, what] = event.split('.') as [string, string];
    return what === 'done' ? name : cannotRun([...path, 'after', i], `what comes after ${event}`);
  });
}

interface Commands {
  /** The requests that the cancel comes after; null: there is no cancel. */
  readonly cancel: string[] | null;
  /** By key of the command, the optional parts of a scenario that are said by one. */
  readonly others: Readonly<Record<string, true>>;
}

const BY_COMMAND = NOTATIONS.filter(({ place }) => place === 'command');

function readCommands(commands: WrittenScenario['commands']): Commands {
  let cancel: string[] | null = null;
  const others: Record<string, true> = {};
  for (const [i, { id: _, after, ...verbs }] of commands.entries()) {
    const path = at('commands', i);
    const [[verb, job]] = Object.entries(verbs) as [[string, string]];
    if (job !== 'job') refuse([...path, verb], 'expected job');
    if (verb === 'cancel' ? cancel !== null : others[verb] === true) cannotRun(path, `a second ${verb}`);
    const text = JSON.stringify({ [verb]: job, ...(after.length === 0 ? {} : { after }) });
    if (verb === 'cancel') cancel = ended(after, path);
    else if (BY_COMMAND.some((notation) => JSON.stringify(wordsOf(notation, true)) === text)) others[verb] = true;
    else cannotRun(path, after.length === 0 ? `a ${verb} at any time` : `a ${verb} after ${after.join(', ')}`);
  }
  return { cancel, others };
}
