/** What is weak in a configuration that is right. */
import type { Path } from "../config/Problem.ts"

/** Each has a name, for programs that read the list. */
export type Rule =
  | "short-secret"
  | "repetitive-secret"
  | "unverified-source"
  | "plain-http"
  | "database-without-tls"
  | "shared-address"
  | "sha1-signature"
  | "forgeable-signature"
  | "unsigned-delivery-id"
  | "unsigned-body"
  | "token-needs-encoding"
  | "readable-secret"
  | "readable-database"
  | "dropped-header"
  | "live-ended"

export interface Warning {
  readonly rule: Rule
  /** Where in the file. Empty for what stands elsewhere. */
  readonly path: Path
  readonly reason: string
  readonly line?: number
}

export const warning = (rule: Rule, path: Path, reason: string): Warning => ({ rule, path, reason })
