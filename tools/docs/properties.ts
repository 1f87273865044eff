/** docs/properties.md: what must hold, in the words of the properties themselves. */
import '../../src/families/block-copy.ts';
import { shapeOf } from '../../model/machine/shape.ts';
import { watchedMachine } from '../../src/search/pool.ts';
import { QEMU_SENTENCES } from '../../src/edge/qemu/campaign/promises.ts';
import type { Trace } from '../../src/trace/format.ts';
import { code, table } from './markdown.ts';
import type { Corpus } from './corpus.ts';
import { settingOf } from '../../src/replay/replay.ts';

/** A trace of each family whose job has all that a property could be about. */
const MACHINES = ['traces/gallery/readerSerialisedWithCopies.trace.yaml', 'traces/today/lost-bit-increment.trace.yaml'];

/** Those that are asked of a real QEMU too. */
const ON_QEMU: readonly string[] = QEMU_SENTENCES.map(([property]) => property);

export function propertiesDocument(corpus: Corpus): string {
  const traces = MACHINES.map((path) => corpus.get(path)!);
  const all = new Map([...traces, onTwoDisks(traces.at(-1)!)].flatMap(propertiesOf));
  return `<!-- Written by \`npm run docs\` from properties/. -->

# Properties

A property must hold after every step of every run. It looks at the images, at what guests were told, and at the events of the job, never at
the job's own books. A step that breaks one is a failure, and ends the run.

${table(
  ['property', 'what must hold', 'of a real QEMU'],
  [...all].map(([name, sentence]) => [code(name), sentence, ON_QEMU.includes(name) ? 'yes' : 'no']),
)}

Of a real QEMU \`nothing-freed\` means that it does not crash. What QEMU promises itself, and where:
[qemu-today.md](qemu-today.md#what-qemu-promises).

A custom job can have properties of its own, and switch others off: [api.md](api.md).

A search that meets nothing could not break anything. So each search counts *marks*, the situations that a good search must meet, such as
"a guest waited for an overlapping copy"; \`check --verbose\` prints in how many runs each was met.
`;
}

const onTwoDisks = ({ scenario, ...trace }: Trace): Trace => ({
  ...trace,
  scenario: { ...scenario, transaction: { start: 'grouped', second: [] } },
});

const propertiesOf = (trace: Trace): [name: string, sentence: string][] =>
  watchedMachine(shapeOf(trace.scenario, settingOf(trace))).properties.all.map(({ name, sentence }) => [name, sentence]);
