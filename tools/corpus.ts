/** The traces that are kept under traces/, as their files have them. */
import { schemaFile } from '../src/trace/json-schema.ts';
import type { Trace } from '../src/trace/format.ts';
import { writeTraceFile } from '../src/trace/write.ts';

/** The file of a trace in one of the folders of traces/. */
export const corpusText = (trace: Trace): string => writeTraceFile(trace, `../../docs/${schemaFile()}`);
