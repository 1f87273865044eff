/** Texts that come with the page: in its HTML, or, where that names a file beside it, from there. */

/** @param id of the `script` that holds the text, or names the file in `data-file` @throws if it can't be fetched */
export async function embedded(id: string): Promise<string> {
  const element = document.getElementById(id)!;
  const file = element.dataset['file'];
  if (file === undefined) return element.textContent;
  const answer = await fetch(new URL(file, document.baseURI));
  if (!answer.ok) throw new Error(`${file}: ${answer.status}`);
  return answer.text();
}

/** Whether the page is a folder on a server, with files beside it. */
export const isOnSite = (): boolean => document.getElementById('more')!.dataset['file'] !== undefined;
