/** A page of HTML that opens from disk: no script, and nothing loaded, which its policy says to the browser. */
import { xml } from './xml.ts';

const NOTHING_LOADED = "default-src 'none'; style-src 'unsafe-inline'";

/** @param title text @param style CSS @param body markup, a line each */
export const htmlPage = (title: string, style: string, body: readonly string[]): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${xml(NOTHING_LOADED)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${xml(title)}</title>
<style>
${style}
</style>
</head>
<body>
${body.join('\n')}
</body>
</html>
`;
