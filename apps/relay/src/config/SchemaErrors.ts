/** What a schema found wrong with a configuration, as sentences. */
import type { SchemaIssue } from "effect"
import { find } from "@usher/admin/SchemaErrors"
import { format } from "./Problem.ts"

export { find }

/** A sentence for each. Without the value it is not said what stands there instead. */
export const describe = (issue: SchemaIssue.Issue, value?: unknown): ReadonlyArray<string> =>
  find(issue, value).map(format)
