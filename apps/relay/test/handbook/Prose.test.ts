/** What `check:prose` refuses. */
import { describe, expect, it } from "@effect/vitest"
import { faultsIn } from "../../../release/src/prose.ts"

describe("a banned phrase", () => {
  it("is found with its line and what to write instead", () => {
    expect(faultsIn("a.ts", "/** Fine. */\n/** 10 unless told. */")).toEqual([
      'a.ts:2: "unless told". Write: Default: …'
    ])
  })

  it("is not found in the code of a document, nor as a part of a word", () => {
    expect(faultsIn("a.md", "`unless told`\n\n```sh\nunless told\n```\n\nrecommended")).toEqual([])
  })

  it("of one word is refused in documents, and not in code, whose names are another matter", () => {
    expect(faultsIn("a.md", "Whoever asks.")).toHaveLength(1)
    expect(faultsIn("a.ts", "const burnt = true")).toEqual([])
  })

  it("keeps its line behind a code block", () => {
    expect(faultsIn("a.md", "```sh\nx\n```\nIt had better not.")).toEqual([
      'a.md:4: "had better". Write: should'
    ])
  })
})
