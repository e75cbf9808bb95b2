/** A delivery as a command for a terminal. */
import type { Sources } from "@usher/admin"

/** Between single quotes, a shell changes nothing but the quote itself. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`

export const curl = ({ url, headers, body }: Sources.SignedSample): string =>
  [
    `curl ${quoted(url)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    `--data-raw ${quoted(body)}`
  ].join(" \\\n  ")
