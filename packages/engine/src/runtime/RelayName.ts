/** The name of a relay, which distinguishes it from others on the same database. */
import { Context } from "effect"
import { hostname } from "node:os"

/**
 * The name of this relay. Default: the host's name.
 *
 * @category references
 */
export const RelayName = Context.Reference<string>("@usher/engine/RelayName", {
  defaultValue: hostname
})
