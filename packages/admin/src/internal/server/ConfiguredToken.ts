/** A token that the program gives out, beside those that the API creates. */
import type { Redacted } from "effect"
import type * as Access from "../../Access.ts"

/**
 * A bearer token that the program gives out.
 *
 * @category options
 */
export interface Token {
  /** Who has it. It stands in the audit log, and no two tokens share it. */
  readonly name: string
  /** `read` sees everything; `operate` changes things as well. */
  readonly scope: Access.Scope
  /** At least 32 random characters, such as `openssl rand -hex 32` prints. */
  readonly secret: Redacted.Redacted
}
