import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { TRACE_FORMATS, type TraceFormat, jsonSchemaText } from './json-schema.ts';

const ROOT = join(import.meta.dirname, '../..');
const tracesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.trace.yaml'))
    .map((name) => join(folder, name));
const FILES = ['traces', 'src/trace/golden', 'src/validate/logs'].flatMap(tracesIn);

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema | readonly Schema[];
  readonly anyOf?: readonly Schema[];
}
const schemaOf = (format: TraceFormat): Schema => JSON.parse(jsonSchemaText(format)) as Schema;

/** A validator that shares nothing with the reader of traces, and refuses a schema that it does not understand whole. */
const validators = new Map(TRACE_FORMATS.map((format) => [format, new Ajv({ allowUnionTypes: true }).compile(schemaOf(format))]));

/** What the schema of its format has against a text; null: nothing. */
function refusal(text: string): string | null {
  const value = parse(text) as { trace: TraceFormat };
  const validate = validators.get(value.trace)!;
  return validate(value) ? null : new Ajv().errorsText(validate.errors);
}

describe('the JSON Schemas of traces', () => {
  it('hold of every trace that is kept', () => {
    expect(FILES.length).toBeGreaterThan(200);
    for (const file of FILES) expect(refusal(readFileSync(join(ROOT, file), 'utf8')), file).toBeNull();
  });

  it.each(TRACE_FORMATS)('describe each key, and let no other pass: format %s', (format) => {
    let keys = 0;
    visit(schemaOf(format), 'a trace', (object, path) => {
      expect(object.additionalProperties, `${path}: other keys`).toBe(false);
      for (const [key, { description }] of Object.entries(object.properties!)) {
        expect(description, `${path}.${key}`).toMatch(/^[A-Z`].*\.$/);
        keys++;
      }
    });
    expect(keys).toBeGreaterThan(50);
  });

  const golden = (name: string): string => readFileSync(new URL(`golden/${name}.trace.yaml`, import.meta.url), 'utf8');
  const TEXT = golden('format-2-errors');
  it.each([
    ['an unknown key', 'wake: any', 'speed: 1'],
    ['an unknown key of an image', '      sectors: 7', '      sectors: 7\n      length: 7'],
    ['a length that is no number', 'sectors: 7', 'sectors: seven'],
    ['an unknown word', 'sync: top', 'sync: middle'],
    ['a request of no kind', '{id: g1, write: [0, 3]}', '{id: g1}'],
    ['a request of two kinds', 'write: [0, 3]', 'write: [0, 3], flush: true'],
    ['a range of one number', 'write: [0, 3]', 'write: [0]'],
    ['a range of three numbers', 'write: [0, 3]', 'write: [0, 3, 1]'],
    ['two subjects', '{family: notifier,', '{family: notifier, qemu: 7.2.22,'],
    ['no subject', '{family: notifier,', '{'],
    ['two commands in one', '{pause: job}', '{pause: job, cancel: job}'],
    ['a name that is none', 'base: {', '1base: {'],
    ['an event that is none', 'job.stopped', 'job'],
    ['nothing that it is of', 'subject: {family: notifier, without: [skippedAreCounted]}\n', ''],
  ])('refuse %s', (_, from, to) => {
    const mistaken = TEXT.includes(from) ? TEXT.replace(from, to) : `${TEXT}${to}\n`;
    expect(refusal(TEXT)).toBeNull();
    expect(refusal(mistaken)).not.toBeNull();
  });
});

/** Each object with keys of its own that a schema speaks of. */
function visit(schema: Schema, path: string, see: (object: Schema, path: string) => void): void {
  if (schema.properties !== undefined) see(schema, path);
  for (const [key, inner] of Object.entries(schema.properties ?? {})) visit(inner, `${path}.${key}`, see);
  if (typeof schema.additionalProperties === 'object') visit(schema.additionalProperties, `${path}.*`, see);
  for (const inner of [schema.items ?? [], schema.anyOf ?? []].flat()) visit(inner, `${path}[]`, see);
}
