/** What a trace in the gallery says to people beside the trace itself. Its history is the rule's (model/families/notifier/rules.ts). */

/** Whether a user of the build that had the defect could meet it. */
export const REACHES = {
  open: 'yes',
  closed: 'no, something else in that build prevented it',
  unknown: 'it is not known',
  never: 'no release is known to have had the defect',
} as const;
export type Reach = keyof typeof REACHES;

export interface About {
  readonly title: string;
  /** What a user saw, or would have seen. */
  readonly seen: string;
  /** What a user would have to do to hit it. */
  readonly needs: string;
  readonly reach: Reach;
  /** Why it is said to be so. */
  readonly because: string;
}

const WIDTH = 96;

/** Its lines in a trace file. @param quote makes a text one that YAML reads back */
export function writeAbout({ title, seen, needs, reach, because }: About, quote: (text: string) => string): string[] {
  return [
    'about:',
    `  title: ${quote(title)}`,
    ...folded('seen', seen),
    ...folded('needs', needs),
    `  reach: ${reach}`,
    ...folded('because', because),
  ];
}

function folded(key: string, words: string): string[] {
  const lines: string[] = [];
  for (const word of words.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return [`  ${key}: >-`, ...lines.map((line) => `    ${line}`)];
}
