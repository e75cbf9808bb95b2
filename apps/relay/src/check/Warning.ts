/** Warnings about weaknesses of a valid configuration. */
import type { Path } from "../config/Problem.ts"

/** The name of the rule, for programs. */
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
  /** The place in the file. Empty for warnings about anything else. */
  readonly path: Path
  readonly reason: string
  readonly line?: number
}

/** One warning if the condition holds, none otherwise. */
export const warnIf = (applies: boolean, rule: Rule, path: Path, reason: string): ReadonlyArray<Warning> =>
  applies ? [{ rule, path, reason }] : []
