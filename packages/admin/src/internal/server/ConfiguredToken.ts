import type { Redacted } from "effect"
import type * as Access from "../../Access.ts"

/**
 * A bearer token of the program, in addition to those that the API creates.
 *
 * @category options
 */
export interface Token {
  /** The unique name of the token, shown in the audit log. */
  readonly name: string
  /** The scope of the token. */
  readonly scope: Access.Scope
  /** At least 32 random characters, such as `openssl rand -hex 32` prints. */
  readonly secret: Redacted.Redacted
}
