/** The runtime's modules as the one file that a reproducer is: what they import of each other stands above them there. */
import { runtimeSource } from '../../files/sources.ts';

/** Each imports only those before it. */
const MODULES = ['wire.py', 'daemon.py', 'replay.py', 'verdict.py'] as const;

const OWN_IMPORT = /^from (?:wire|daemon|replay|verdict) import .*\n/gm;
const IMPORT = /^import \w+\n/gm;
const DOCSTRING = /^"""(?<text>.*)"""\n/;

export interface Runtime {
  /** Of the standard library. */
  readonly imports: string;
  readonly body: string;
}

export function joinedRuntime(): Runtime {
  const sources = MODULES.map(runtimeSource);
  const imports = new Set(sources.flatMap((source) => source.match(IMPORT) ?? []));
  const bodies = sources.map((source) => {
    const about = DOCSTRING.exec(source)!.groups!['text']!;
    const code = source.replace(DOCSTRING, '').replaceAll(OWN_IMPORT, '').replaceAll(IMPORT, '').trim();
    return `# ${about}\n\n\n${code}\n`;
  });
  return { imports: [...imports].toSorted().join(''), body: bodies.join('\n\n') };
}
