/**
 * The name of a relay, which tells it from the others on one database.
 */
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
