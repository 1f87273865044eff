/**
 * What a QEMU can do that others can't, by its own word: `query-qmp-schema` tells every command, argument and driver. So a
 * vendor's build with patches is taken as it is.
 */
import { QemuGone } from './gone.ts';
import type { Qmp } from './qmp.ts';

/** By name, as users say it: the command whose arguments are asked, and the way from them to what must be there. */
export const ASKED = {
  'x-perf': ['blockdev-backup', 'x-perf'],
  'min-cluster-size': ['blockdev-backup', 'x-perf', 'min-cluster-size'],
  'discard-source': ['blockdev-backup', 'discard-source'],
  'on-cbw-error': ['blockdev-backup', 'on-cbw-error'],
  filter: ['blockdev-add', 'driver=copy-before-write'],
  'filter-on-cbw-error': ['blockdev-add', 'driver=copy-before-write', 'on-cbw-error'],
  'filter-bitmap': ['blockdev-add', 'driver=copy-before-write', 'bitmap'],
  'snapshot-access': ['blockdev-add', 'driver=snapshot-access'],
} as const;

export type Capability = keyof typeof ASKED;
export const CAPABILITIES = Object.keys(ASKED) as Capability[];
export type Capabilities = ReadonlySet<Capability>;

/** Without these it can't be held at all. */
export const NEEDED: readonly (readonly string[])[] = [
  ['blockdev-backup'],
  ['blockdev-add', 'driver=nbd'],
  ['block-export-add', 'type=nbd'],
  ['nbd-server-start'],
];

interface Entity {
  readonly name: string;
  readonly 'meta-type': string;
  readonly 'arg-type'?: string;
  readonly members?: readonly { readonly name: string; readonly type: string }[];
  readonly tag?: string;
  readonly variants?: readonly { readonly case: string; readonly type: string }[];
}

/** Of each schema that was seen, by the QEMU that it is of: the schema is 300 kB long, and daemons come and go. */
const known = new Map<string, Capabilities>();

/** @param version which QEMU it is. @throws QemuGone if it is too old for its I/O to be held */
export async function capabilitiesOf(qmp: Qmp, version: string): Promise<Capabilities> {
  const before = known.get(version);
  if (before !== undefined) return before;
  const schema = new Schema((await qmp.call('query-qmp-schema')) as Entity[]);
  const lacks = NEEDED.filter((way) => !schema.has(way)).map((way) => way.join(' '));
  if (lacks.length > 0) throw new QemuGone(`QEMU ${version} is too old to hold its I/O: it lacks ${lacks.join(', ')}`);
  const all = new Set(CAPABILITIES.filter((name) => schema.has(ASKED[name])));
  known.set(version, all);
  return all;
}

class Schema {
  readonly #entities: ReadonlyMap<string, Entity>;

  constructor(entities: readonly Entity[]) {
    this.#entities = new Map(entities.map((entity) => [entity.name, entity]));
  }

  /** @param way a command, then its arguments inward; `tag=case` goes into a variant */
  has([command, ...way]: readonly string[]): boolean {
    const type = this.#entities.get(command!)?.['arg-type'];
    return type !== undefined && way.reduce<string | undefined>((at, part) => this.#inside(at, part), type) !== undefined;
  }

  #inside(type: string | undefined, part: string): string | undefined {
    const entity = type === undefined ? undefined : this.#entities.get(type);
    const [tag, chosen] = part.split('=');
    if (chosen === undefined) return entity?.members?.find(({ name }) => name === part)?.type;
    return entity?.tag === tag ? entity?.variants?.find((variant) => variant.case === chosen)?.type : undefined;
  }
}
