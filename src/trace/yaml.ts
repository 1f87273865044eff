/**
 * YAML from strangers, within bounds. A YAML parser does as much work as it is told to: nesting
 * overflows its stack, it compares each key of a map with all others, an alias stands for any number
 * of nodes. So the text goes to it token by token, and the first one too many ends it.
 */
import { Composer, type Document, Lexer, Parser, isMap, isNode, isScalar, isSeq, visit } from 'yaml';

/** Far beyond what a trace needs: it is nested about ten deep, and no map of it has twenty keys. */
const DEPTH_MAX = 64;
const KEYS_MAX = 100;
/** A second's work, and half a gigabyte. */
const TOKENS_MAX = 600_000;
const TEXT_MAX = 4 * 1024 * 1024;

/** What is wrong with a YAML text, and where, as an offset. */
export class YamlError extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export type YamlDocument = Document.Parsed;

/** @throws YamlError unless it is one document, all of whose keys are text, without aliases, and within bounds */
export function parseYaml(text: string): YamlDocument {
  if (text.length > TEXT_MAX)
    throw new YamlError(`not YAML that a trace may use (longer than ${TEXT_MAX / 1024 / 1024} MiB, besides plain steps)`, TEXT_MAX);
  const document = composed(tokensOf(text), text.length);
  if (text.includes('*')) refuseAliases(document);
  if (text.includes('__proto__') || text.includes('\\')) refusePrototypes(document); // in quotes it may be written in escapes
  return document;
}

/** A key that a schema may drop in silence, as no object should have it. */
function refusePrototypes(document: YamlDocument): void {
  visit(document, {
    Pair: (_, { key }) => {
      if (isScalar(key) && key.value === '__proto__')
        throw new YamlError('not YAML that a trace may use (a key named __proto__)', key.range![0]);
    },
  });
}

function refuseAliases(document: YamlDocument): void {
  visit(document, {
    Alias: (_, { source, range }) => {
      throw new YamlError(`not YAML that a trace may use (an alias, *${source}: write out what it stands for)`, range![0]);
    },
  });
}

type Token = ReturnType<Parser['next']> extends Generator<infer T> ? T : never;

function tokensOf(text: string): Token[] {
  const parser = new Parser();
  const tokens: Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (++lexemes > TOKENS_MAX) throw new YamlError(`not YAML that a trace may use (more than ${TOKENS_MAX} tokens)`, parser.offset);
    for (const token of parser.next(lexeme)) keep(token);
    const wrong = outOfBounds(parser.stack);
    if (wrong !== null) throw new YamlError(`not YAML that a trace may use (${wrong})`, parser.offset);
  }
  for (const token of parser.end()) keep(token);
  return tokens;

  function keep(token: Token): void {
    if (token.type === 'error') throw new YamlError(`not YAML: ${token.message}`, token.offset);
    tokens.push(token);
  }
}

/** @param stack what is open, the innermost last */
function outOfBounds(stack: Parser['stack']): string | null {
  if (stack.length > DEPTH_MAX) return `nested more than ${DEPTH_MAX} deep`;
  const innermost = stack.at(-1);
  const isOfKeys = innermost?.type === 'block-map' || (innermost?.type === 'flow-collection' && innermost.start.source === '{');
  return isOfKeys && innermost.items.length > KEYS_MAX ? `more than ${KEYS_MAX} keys in one place` : null;
}

function composed(tokens: readonly Token[], length: number): YamlDocument {
  const [document, another] = documentsOf(tokens, length);
  const [error] = document.errors;
  if (error !== undefined)
    throw new YamlError(`not YAML: ${error.code === 'NON_STRING_KEY' ? 'a key that is not text' : error.message}`, error.pos[0]);
  if (another !== undefined) throw new YamlError('not YAML: more than one document, expected one', another.range[0]);
  return document;
}

function documentsOf(tokens: readonly Token[], length: number): [YamlDocument, ...YamlDocument[]] {
  try {
    return [...new Composer({ stringKeys: true }).compose(tokens, true, length)] as [YamlDocument, ...YamlDocument[]];
  } catch (error) {
    throw new YamlError(`not YAML that a trace may use (${String(error)})`, 0);
  }
}

/** @throws YamlError for what has no place in JSON */
export function valueOf(document: YamlDocument): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new YamlError(`not YAML that a trace may use (${String(error)})`, 0);
  }
}

/** Where a path of keys and indices leads in a document: to a value, to the key itself if `toKey`, or to as near as there is something. */
export function offsetOf(document: YamlDocument, path: readonly PropertyKey[], toKey = false): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const [i, step] of path.entries()) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step)) : undefined;
    const next: unknown = pair === undefined ? (isSeq(node) ? node.items[Number(step)] : undefined) : pair.value;
    const shown = (toKey && i === path.length - 1) || !isNode(next) ? pair?.key : next;
    if (!isNode(shown)) break;
    offset = shown.range?.[0] ?? offset;
    node = next;
  }
  return offset;
}
