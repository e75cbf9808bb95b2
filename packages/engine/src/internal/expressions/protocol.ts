/** What the relay and the process that evaluates expressions say to each other, a line of JSON each. */

export type Field = "when" | "live" | "member" | "invitedBy" | "notify"

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
  /** Trimmed, each once. */
  readonly texts: ReadonlyArray<string>
  /** How many values are no text. */
  readonly others: number
  /** Null where it gives nothing. */
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

export type Answer = { readonly id: number } & Result

/** The first line that the process says. */
export const ready = "ready"
