/** docs/trace-format.md: an example, and each key of the newest format, as its schema has it. */
import { TRACE_FORMAT } from '../../src/trace/format.ts';
import { jsonSchemaText, schemaFile } from '../../src/trace/json-schema.ts';
import { writeTrace } from '../../src/trace/write.ts';
import type { Corpus } from './corpus.ts';
import { table } from './markdown.ts';

interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema | readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

const EXAMPLE = 'traces/gallery/readerSerialisedWithCopies.trace.yaml';

export function traceFormatDocument(corpus: Corpus): string {
  const { about: _, ...example } = corpus.get(EXAMPLE)!;
  const schema = JSON.parse(jsonSchemaText()) as Schema;
  return `# The trace format

<!-- Written by \`npm run docs\` from src/trace/format-${TRACE_FORMAT}.ts. -->

A trace is a YAML file with a scenario, the steps of one run in order, and a verdict: the property that breaks, or
\`holds\`. cowcheck writes format ${TRACE_FORMAT}. It also reads format 1, and always will. \`cowcheck trace fmt\`, \`keep\` and \`shrink\`
convert a trace to format ${TRACE_FORMAT}.

In a file that cowcheck writes, the first line is a comment that names the JSON Schema of the format
(\`${schemaFile()}\`). cowcheck writes the schema next to its traces. An editor with a YAML language server uses it to
complete and explain keys. cowcheck omits keys that have their default value.

The trace \`${EXAMPLE}\`, without that comment and its \`about\`:

\`\`\`yaml
${writeTrace(example)}\`\`\`

The format can describe scenarios that the model cannot run, such as three jobs. cowcheck rejects such a trace,
unknown keys and contradictory values with a one-line error (exit status 2).

By default the job's source is the node \`disk\` and its target the node \`target\`. If \`images\` does not list the target, the target is
new: raw for \`sync: full\`, otherwise with the backup's cluster size.

Contents are named by sector and origin: \`s0@0\` is sector 0 as it was at T0, \`s0.g1\` is sector 0 as g1 wrote it, \`s0@base\` is
sector 0 of the backing file, \`s0@old\` is old data of a target, and \`zero\` is zeroes. The [glossary](glossary.md) lists the steps.

${sectionsOf(schema, '', 'A trace').join('\n')}`;
}

/** A table for each object, the outer ones first. */
function sectionsOf(schema: Schema, path: string, title: string): string[] {
  const object = objectIn(schema);
  if (object === undefined) return [];
  const entries = Object.entries(object.properties!);
  const rows = entries.map(([key, inner]) => [
    `\`${key}\``,
    object.required?.includes(key) === true ? 'required' : usual(inner),
    [inner.description, ...choices(inner)].join(' '),
  ]);
  return [
    `## ${title}\n`,
    `${table(['key', 'default', 'meaning'], rows)}\n`,
    ...entries.flatMap(([key, inner]) => {
      const at = path === '' ? key : `${path}.${key}`;
      return sectionsOf(inner, at, `\`${at}\`${isMany(inner) ? ', each' : ''}`);
    }),
  ];
}

/** The object that a schema is of, or holds many of. */
function objectIn(schema: Schema): Schema | undefined {
  if (schema.properties !== undefined) return schema;
  if (typeof schema.additionalProperties === 'object') return objectIn(schema.additionalProperties);
  const inner = [schema.items ?? [], schema.anyOf ?? []].flat() as readonly Schema[];
  return inner.map(objectIn).find((object) => object !== undefined);
}

const isMany = ({ type, additionalProperties }: Schema): boolean => type === 'array' || typeof additionalProperties === 'object';

const usual = ({ default: value = '' }: Schema): string => (value === '' ? '' : `\`${JSON.stringify(value).replaceAll('"', '')}\``);

/** Few words, all of them; many, such as the rules, are listed elsewhere. */
function choices({ enum: words }: Schema): string[] {
  return words === undefined || words.length > 8 ? [] : [`One of ${words.map((word) => `\`${word}\``).join(', ')}.`];
}
