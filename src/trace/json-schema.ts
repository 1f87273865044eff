/** JSON Schemas of trace files, for editors and for other programs. What they can't say, such as sums, only reading a trace tells. */
import { z } from 'zod';
import { schema1 } from './format-1.ts';
import { schema2 } from './format-2.ts';
import { TRACE_FORMAT } from './format.ts';

const SCHEMAS = { 1: schema1, 2: schema2 };
export type TraceFormat = keyof typeof SCHEMAS;
export const TRACE_FORMATS = Object.keys(SCHEMAS).map(Number) as TraceFormat[];

/** The name of the file that holds one. */
export const schemaFile = (format: TraceFormat = TRACE_FORMAT): string => `trace-${format}.schema.json`;

/** Draft 7, which editors know best. */
export function jsonSchemaText(format: TraceFormat = TRACE_FORMAT): string {
  const { $schema, ...schema } = z.toJSONSchema(SCHEMAS[format], { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ $schema, title: `A trace of cowcheck, format ${format}`, ...schema }, null, 1)}\n`;
}
