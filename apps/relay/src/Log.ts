/** Readable lines on a terminal, JSON lines elsewhere; always on standard error, so that output can be piped. */
import { Layer, Logger } from "effect"

export const layer = Layer.mergeAll(
  Logger.layer([process.stderr.isTTY ? Logger.consolePretty() : Logger.withConsoleError(Logger.formatJson)]),
  // The pretty one looks here.
  Layer.succeed(Logger.LogToStderr, true)
)
