/** SARIF 2.1.0, for code scanning: a run for each search, a result for each failure. A rule of SARIF is a property of cowcheck. */
import { json } from '../io/terminal.ts';
import type { Reporter } from './reporter.ts';
import type { Case, Result } from './result.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';

export const sarif: Reporter = (results) => json({ $schema: SCHEMA, version: '2.1.0', runs: results.map(run) });

function run({ name, cowcheck, started, duration, search, cases }: Result): object {
  const failed = cases.filter(({ outcome }) => outcome === 'failed');
  const kinds = [...new Set(failed.map(({ kind }) => kind))].toSorted();
  const ended = new Date(Date.parse(started) + duration * 1000).toISOString();
  return {
    tool: {
      driver: {
        name: 'cowcheck',
        version: cowcheck,
        rules: kinds.map((kind) => ({ id: kind, shortDescription: { text: `${kind} must hold` } })),
      },
    },
    automationDetails: { id: `${name}/` },
    invocations: [
      { executionSuccessful: !cases.some(({ outcome }) => outcome === 'unfinished'), startTimeUtc: started, endTimeUtc: ended },
    ],
    results: failed.map((one) => resultOf(one, kinds.indexOf(one.kind))),
    ...(search === null ? {} : { properties: { verdict: search.verdict, scope: search.scope, options: search.options } }),
  };
}

function resultOf({ name, kind, message, cause, file, command }: Case, ruleIndex: number): object {
  return {
    ruleId: kind,
    ruleIndex,
    level: 'error',
    message: { text: command === null ? message : `${message}\n\n${command}` },
    ...(file === null
      ? {}
      : { locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file) }, region: { startLine: 1 } } }] }),
    // The same failure of another day: its trace may be another.
    partialFingerprints: { 'cowcheck/v1': `${name.split(':', 1)[0]!} ${kind} ${cause.join(',')}` },
  };
}
