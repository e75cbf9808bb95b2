/** Schema issues of a configuration, as sentences. */
import type { SchemaIssue } from "effect"
import { find } from "@usher/admin/SchemaErrors"
import { format } from "./Problem.ts"

export { find }

/** One sentence for each problem. If the value is given, with the kind of the actual value. */
export const describe = (issue: SchemaIssue.Issue, value?: unknown): ReadonlyArray<string> =>
  find(issue, value).map(format)
