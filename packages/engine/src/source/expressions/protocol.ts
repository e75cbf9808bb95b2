/** The messages between the relay and the process that evaluates expressions, one line of JSON each. */

/** Limits for all expressions of one webhook together. */
export const bounds = {
  /** CPU time, in milliseconds. */
  time: 100,
  /** Memory of the process, in megabytes. */
  memory: 128,
  /** Characters of the results. */
  answer: 1_000_000,
  /** Levels of nesting in an expression, and of nested calls. */
  depth: 1_000,
  /** Length of a list that an expression makes. */
  values: 10_000
} as const

/** Texts that mean no, in any case and with spaces around them. An empty text also means no. */
export const noTexts: ReadonlyArray<string> = ["false", "0", "no", "off"]

/** The rules that can be expressions, in the order of their evaluation. */
export const fields = ["when", "live", "member", "invitedBy", "notify"] as const

export type Field = (typeof fields)[number]

export interface Job {
  readonly id: number
  readonly expressions: Readonly<Partial<Record<Field, string>>>
  readonly source: string
  readonly headers: Readonly<Record<string, string>>
  /** As JSON. */
  readonly body: string
}

/** The result of an expression. */
export interface Found {
  /** The texts, trimmed and without duplicates. An integer is the text of its digits. */
  readonly texts: ReadonlyArray<string>
  /** The number of values that are neither texts nor exact integers. */
  readonly others: number
  /** Whether it means yes. Null if there is no value. */
  readonly truth: boolean | null
  /** Whether it is an empty array. */
  readonly none: boolean
}

export interface Failed {
  /** The failed expression. Null if the webhook as a whole failed. */
  readonly field: Field | null
  /** A code of JSONata, or `TooSlow`, `TooMuch`, `TooBig`, `NoBody` (the body is not JSON), `Error`. */
  readonly code: string
  readonly message: string
}

export type Result = { readonly found: Readonly<Partial<Record<Field, Found>>> } | { readonly failed: Failed }

/** `took`: milliseconds of this job. */
export type Answer = { readonly id: number; readonly took: number } & Result

/** Failures that cost the process: it is ended and restarted. */
export const isCostly = (result: Result): boolean =>
  "failed" in result && (result.failed.code === "TooSlow" || result.failed.code === "TooBig")
