import { isUtf8 } from 'node:buffer';
import { basename, extname } from 'node:path/posix';

/**
 * How a file travels in the JSON of a task: as its text when it is UTF-8, otherwise as base64.
 * Pictures, archives and the like are always base64, for workers that go by the name alone.
 * {@link decodeFile} gives the very same bytes back: what it would misread says that it is base64,
 * as a `data:` URL does.
 */
export function encodeFile(path: string, bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const base64 = buffer.toString('base64');
  const isText = isUtf8(buffer) && !BINARY.test(path);
  const plain = isText ? [buffer.toString('utf8'), base64] : [base64];
  return plain.find((text) => decodeFile(path, text).equals(buffer)) ?? `${BYTES}${base64}`;
}

/**
 * The bytes of a file that came as text, from our own coordinator or another one: UTF-8 when the
 * file is named as text or the text is no base64, otherwise what the base64 stands for. Any file
 * may say that it is base64, as a `data:` URL does.
 */
export function decodeFile(path: string, text: string): Buffer {
  if (text.startsWith(BYTES)) return Buffer.from(text.slice(BYTES.length), 'base64');
  return isBase64(path, text) ? Buffer.from(text, 'base64') : Buffer.from(text, 'utf8');
}

function isBase64(path: string, text: string): boolean {
  // Some break the lines of what is long.
  if (BINARY.test(path)) return isWholeBase64(text.replace(/\r?\n/g, ''));
  return !isNamedAsText(path) && isWholeBase64(text);
}

function isWholeBase64(text: string): boolean {
  return text.length % 4 === 0 && Buffer.from(text, 'base64').toString('base64') === text;
}

// LICENSE, Makefile, .npmrc and .env.local are text, too.
function isNamedAsText(path: string): boolean {
  const name = basename(path);
  return extname(name) === '' || name.startsWith('.') || TEXT.test(name);
}

const BYTES = 'data:application/octet-stream;base64,';
const BINARY = new RegExp(
  `\\.(?:${[
    'png|jpe?g|gif|ico|webp|avif|bmp|tiff?|pdf|docx?|xlsx?|pptx?',
    'zip|gz|tgz|bz2|xz|7z|tar|jar|wasm|node|exe|dll|so|dylib|bin|dat',
    'woff2?|ttf|otf|eot|mp[34]|m4a|wav|ogg|webm|mov|avi|sqlite3?|db',
  ].join('|')})$`,
  'i',
);
const TEXT = new RegExp(
  `\\.(?:${[
    '[cm]?[jt]sx?|vue|svelte|astro|json[5cl]?|map|html?|xml|svg|css|scss|sass|less',
    'txt|md|mdx|rst|tex|csv|tsv|log|ya?ml|toml|ini|cfg|conf|config|properties|env|lock',
    'sh|bash|zsh|fish|bat|cmd|ps1|py|rb|pl|php|lua|go|rs|java|kt|swift|c|h|cc|hh|cpp|hpp|cs',
    'sql|graphql|gql|proto|prisma|ejs|hbs|pug|njk|mustache|tmpl|template|pem|crt|cer|key|pub',
    'example|sample|dist|snap|patch|diff',
  ].join('|')})$`,
  'i',
);
