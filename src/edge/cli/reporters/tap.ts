/** TAP 14, the Test Anything Protocol: a line for each mode and each failure, with what is known of it in YAML below. */
import { stringify } from 'yaml';
import type { Reporter } from './reporter.ts';
import type { Case } from './result.ts';

export const tap: Reporter = (results) => {
  const all = results.flatMap(({ name, cases }) => cases.map((one) => ({ one, name })));
  return ['TAP version 14', `1..${all.length}`, ...all.flatMap(({ one, name }, i) => lines(one, name, i + 1)), ''].join('\n');
};

function lines({ name, outcome, message, kind, trace, command }: Case, of: string, number: number): string[] {
  const first = `${outcome === 'passed' ? 'ok' : 'not ok'} ${number} - ${described(`${of}, ${name}`)}`;
  if (outcome === 'passed') return [first];
  const about = { message, kind, severity: outcome === 'failed' ? 'fail' : 'unfinished', trace, command };
  const yaml = stringify(about, { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }).trimEnd();
  return [first, '  ---', ...yaml.split('\n').map((line) => `  ${line}`), '  ...'];
}

/** A number sign would begin a directive, and a line break another line. */
const described = (text: string): string => text.replaceAll(/[\\#]/g, (c) => `\\${c}`).replaceAll(/\s+/g, ' ');
