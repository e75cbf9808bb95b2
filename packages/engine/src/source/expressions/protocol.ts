/** What the relay and the process that evaluates expressions say to each other, a line of JSON each. */

/** Bounds, for one webhook, of all its expressions together. */
export const bounds = {
  /** Of the processor's time, in milliseconds. */
  time: 100,
  /** Of the process, in megabytes. */
  memory: 128,
  /** Characters of the results. */
  answer: 1_000_000,
  /** Levels: of nesting within an expression, and of calls within calls. */
  depth: 1_000,
  /** Of a list that an expression makes. */
  values: 10_000
} as const

/** Texts that mean no, in any case and with spaces around them. So does an empty text. */
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

/** What an expression gives. */
export interface Found {
  /** Trimmed, each once; an integer is the text of its digits. */
  readonly texts: ReadonlyArray<string>
  /** How many values are neither text nor an integer that a number holds exactly. */
  readonly others: number
  /** Whether it means yes; null where it gives nothing. */
  readonly truth: boolean | null
  /** Whether it gives an array, of nothing. */
  readonly none: boolean
}

export interface Failed {
  /** In which it failed; null when the webhook as a whole did. */
  readonly field: Field | null
  /** JSONata's own, or `TooSlow`, `TooMuch`, `TooBig`, `NoBody` (the body is not JSON), `Error`. */
  readonly code: string
  readonly message: string
}

export type Result = { readonly found: Readonly<Partial<Record<Field, Found>>> } | { readonly failed: Failed }

/** `took`: milliseconds of the job alone. */
export type Answer = { readonly id: number; readonly took: number } & Result

/** Failures that cost the process: it is ended and started again. */
export const isCostly = (result: Result): boolean =>
  "failed" in result && (result.failed.code === "TooSlow" || result.failed.code === "TooBig")
