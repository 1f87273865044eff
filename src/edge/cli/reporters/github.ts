/** Workflow commands of GitHub Actions: an annotation for each failure, with its sentence and the command that replays it. */
import type { Reporter } from './reporter.ts';
import type { Case } from './result.ts';

export const github: Reporter = (results) =>
  results.flatMap(({ name, cases }) => cases.filter(({ outcome }) => outcome !== 'passed').map((one) => annotation(one, name))).join('');

function annotation({ name, outcome, message, file, command }: Case, of: string): string {
  const about = { ...(file === null ? {} : { file, line: '1' }), title: `cowcheck ${of}, ${name}` };
  const properties = Object.entries(about).map(([key, value]) => `${key}=${escapedValue(value)}`);
  const text = command === null ? message : `${message}\n\n${command}`;
  return `::${outcome === 'failed' ? 'error' : 'warning'} ${properties.join(',')}::${escapedText(text)}\n`;
}

const escapedText = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const escapedValue = (text: string): string => escapedText(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
