/** Text and elements of XML and HTML. Whatever comes from a trace goes through here. */
import { printable } from '../../trace/printable.ts';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text as it stands between tags or in an attribute; control characters, which XML forbids, as escapes. */
export function xml(text: string): string {
  return printable(text)
    .replaceAll(/[&<>"']/g, (c) => ENTITIES[c]!)
    .replaceAll(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '?');
}

/** An element. @param content markup, not text */
export function element(name: string, attributes: Readonly<Record<string, string | number>>, content = ''): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${xml(String(value))}"`);
  return content === '' ? `<${name}${written.join('')}/>` : `<${name}${written.join('')}>${content}</${name}>`;
}
