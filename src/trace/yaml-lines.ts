/** Plain data as lines of YAML: what is small on one line, all else on lines of its own. */

export type Data = string | number | boolean | readonly Data[] | DataMap;
/** What is undefined is left out. */
export interface DataMap {
  readonly [key: string]: Data | undefined;
}

/** A map that would be longer has a line for each key. */
const WIDTH = 100;

/** Plain where YAML would read it back as the same text, else in quotes. */
export const quote = (text: string): string =>
  (/^[A-Za-z](?:[\w .@()>-]*[\w.@()>-])?$/.test(text) && !/^(?:true|false|null)$/i.test(text)) || /^\d+-\d+$/.test(text)
    ? text
    : JSON.stringify(text);

export const yamlLines = (data: DataMap): string[] =>
  entriesOf(data).flatMap(([key, value]) => {
    if (isMap(value)) return isSmall(value) ? [`${key}: ${flow(value)}`] : [`${key}:`, ...yamlLines(value).map(indented)];
    if (!Array.isArray(value) || !value.some(isMap)) return [`${key}: ${flow(value)}`];
    return [`${key}:`, ...(value as DataMap[]).flatMap((item) => itemLines(item).map(indented))];
  });

/** One of a list. */
function itemLines(item: DataMap): string[] {
  return isSmall(item) ? [`- ${flow(item)}`] : yamlLines(item).map((line, i) => `${i === 0 ? '- ' : '  '}${line}`);
}

const entriesOf = (map: DataMap): [string, Data][] =>
  Object.entries(map).filter((entry): entry is [string, Data] => entry[1] !== undefined);
const isMap = (value: Data): value is DataMap => typeof value === 'object' && !Array.isArray(value);
const isSmall = (map: DataMap): boolean =>
  !entriesOf(map).some(([, value]) => isMap(value) || (Array.isArray(value) && value.some(isMap))) && flow(map).length <= WIDTH;
const indented = (line: string): string => `  ${line}`;

function flow(value: Data): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object') return String(value);
  if (!isMap(value)) return `[${value.map(flow).join(', ')}]`;
  return `{${entriesOf(value)
    .map(([key, inner]) => `${key}: ${flow(inner)}`)
    .join(', ')}}`;
}
