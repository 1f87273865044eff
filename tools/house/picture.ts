/** The house as a picture: its folders, each above those that it imports, as a Mermaid flowchart. */

type Folders = ReadonlyMap<string, ReadonlySet<string>>;

/** What stands outside of the product, or is for specs, is not drawn. */
const NOT_DRAWN = /^(tools|bench)(\/|$)|^web\/e2e$|^model\/families\/example$/;

/**
 * @param folders by folder: the folders that it imports; without circles
 * @returns Mermaid. An arrow goes to what is imported; one that follows from others is left out
 */
export function pictureOf(folders: Folders): string {
  const drawn = [...folders.keys()].filter((name) => !NOT_DRAWN.test(name)).toSorted();
  const importsOf = (name: string): string[] => [...(folders.get(name) ?? [])].filter((other) => drawn.includes(other)).toSorted();
  const arrows = drawn.flatMap((name) => withoutDetours(importsOf(name), importsOf).map((other) => `  ${idOf(name)} --> ${idOf(other)}`));
  return ['flowchart TB', ...floorsOf(drawn).flatMap(boxOf), ...arrows].join('\n');
}

/** Of the folders that one imports, those that none of the others leads to. */
function withoutDetours(imported: readonly string[], importsOf: (name: string) => readonly string[]): string[] {
  const beyond = new Set<string>();
  const visit = (name: string): void => {
    for (const other of importsOf(name)) {
      if (beyond.has(other)) continue;
      beyond.add(other);
      visit(other);
    }
  };
  imported.forEach(visit);
  return imported.filter((name) => !beyond.has(name));
}

/** By floor: its folders. The edge of `src` is a floor of its own. */
function floorsOf(folders: readonly string[]): [floor: string, folders: string[]][] {
  const floors = new Map<string, string[]>();
  for (const name of folders) {
    const floor = /^(src\/edge|[^/]+)/.exec(name)![1]!;
    floors.set(floor, [...(floors.get(floor) ?? []), name]);
  }
  return [...floors];
}

const boxOf = ([floor, folders]: [string, string[]]): string[] => [
  `  subgraph ${idOf(floor)}_floor["${floor}"]`,
  ...folders.map((name) => `    ${idOf(name)}["${name === floor ? name : name.slice(floor.length + 1)}"]`),
  '  end',
];

const idOf = (name: string): string => name.replaceAll(/[^a-z]/g, '_');
