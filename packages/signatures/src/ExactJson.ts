/**
 * Parses JSON and keeps the digits of integers. Needs nothing of Node, so it runs in a browser as well.
 */
import { parseExact } from "./internal/exactJson.ts"

/**
 * Like `JSON.parse`, but an integer beyond ±(2^53 − 1), which a double would round, becomes the string of its digits as
 * written. Throws a `SyntaxError` if the text is not JSON.
 *
 * @category decoding
 */
export const parse: (text: string) => unknown = parseExact
