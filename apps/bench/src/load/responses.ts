/** Reads the status and the end of HTTP/1.1 answers. */

export interface Response {
  readonly status: number
  /** In bytes, head and body. */
  readonly length: number
}

const headEnd = Buffer.from("\r\n\r\n")

/** The first answer in these bytes, or undefined while it is incomplete. */
export const read = (bytes: Buffer): Response | undefined => {
  const end = bytes.indexOf(headEnd)
  if (end < 0) return undefined
  const head = bytes.toString("latin1", 0, end)
  const status = Number(head.slice(9, 12))
  const start = end + headEnd.length
  const known = /\r\ncontent-length: *(\d+)/i.exec(head)
  const bodyEnd = known
    ? start + Number(known[1])
    : /\r\ntransfer-encoding: *chunked/i.test(head)
      ? endOfChunks(bytes, start)
      : start
  return bodyEnd === undefined || bytes.length < bodyEnd ? undefined : { status, length: bodyEnd }
}

const endOfChunks = (bytes: Buffer, from: number): number | undefined => {
  for (let at = from; ;) {
    const lineEnd = bytes.indexOf("\r\n", at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(bytes.toString("latin1", at, lineEnd), 16)
    at = lineEnd + 2 + size + 2
    if (size === 0) return at
  }
}
