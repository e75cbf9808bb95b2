/** Reads one cell of the file: the people in it, or the reason why it names nobody. */
import { Result } from "effect"
import { Member } from "@usher/core"
import type { Encoding } from "./sample.ts"

export type Cell =
  | {
      readonly members: ReadonlyArray<string>
      /** How the cell differs from the people in it. */
      readonly cleaned?: string
    }
  | { readonly problem: string }

export interface Options {
  readonly encoding: Encoding
  /** The pattern of the Spot's member ids, besides UUIDs. */
  readonly memberId: RegExp | undefined
}

/** Reads a cell like a mapping reads a text. */
export const read = (cell: string | undefined, { encoding, memberId }: Options): Cell => {
  if (cell === undefined) return { problem: "too few cells" }
  if (cell.trim() === "") return { problem: "empty cell" }
  if (cell.includes("\uFFFD")) return { problem: `not valid ${encoding}` }
  const members = Member.parse(cell, { memberId })
  if (Result.isFailure(members)) return { problem: `it is ${Member.sayings[members.failure.reason]}` }
  // Windows-1252 is a guess, which may be wrong for these characters.
  if (encoding === "Windows-1252" && members.success.some((member) => /[^\0-\u007F]/.test(member)))
    return { problem: "not valid UTF-8. Save the file as CSV UTF-8" }
  const cleaned = cleaning(cell.trim(), members.success)
  return { members: members.success, ...(cleaned === undefined ? {} : { cleaned }) }
}

const invisible = /[\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u

const cleaning = (text: string, members: ReadonlyArray<string>): string | undefined => {
  if (members.length > 1) return `read as a list of ${members.length} addresses`
  if (members[0] === text) return
  if (invisible.test(text)) return "invisible characters removed"
  if (/mailto:/i.test(text)) return "mailto: removed"
  if (/<|&lt;/i.test(text)) return "used only the address between < and >"
  return "quotation marks, entities or Unicode forms normalized"
}
