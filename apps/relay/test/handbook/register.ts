/**
 * Reads `promises.txt`, in which each line is a promise of the handbook and the test that shows it:
 *
 *     ## Heading of the section
 *     words of the sentence, with its amounts -> project/File: title of the test
 *
 * A sentence with several promises has several lines. The few that no test can show have a kind in place of a test.
 */
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { read } from "./handbook.ts"

/** Why no test shows a sentence. */
export const kinds: ReadonlySet<string> = new Set([
  // What the reader should do.
  "advice",
  // What other programs or services do: MeltingSpot, browsers, systemd, SQLite, senders.
  "others",
  // What takes a machine that no test has, such as one with a disk that is nearly full.
  "machine",
  // Figures of a machine, which the benchmarks measure.
  "measured"
])

export interface Promised {
  readonly heading: string
  /** Words of the sentence, as they are written in it. */
  readonly words: string
  /** `project/File: title`, or a kind. */
  readonly shownBy: string
}

/** Lines that are neither a heading, nor a promise, nor a remark. */
export const illegible = (register: string) =>
  register
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#") && line.split(" -> ").length !== 2)

export const promises = (register: string): ReadonlyArray<Promised> => {
  let heading = ""
  return register.split("\n").flatMap((line) => {
    if (line.startsWith("## ")) heading = line.slice(3)
    const [words, shownBy] = line.split(" -> ")
    return words === undefined || shownBy === undefined || line.startsWith("#")
      ? []
      : [{ heading, words, shownBy }]
  })
}

const root = fileURLToPath(new URL("../../../../", import.meta.url))

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)

/** A title is the first thing that a test, or a row of a table of tests, is given. */
const holds = (source: string, title: string) =>
  new RegExp(String.raw`(?<!describe|skip|todo)[([]\s*(["'${"`"}])${escaped(title)}\1\s*[,\]]`).test(source)

/** Whether there is such a test. */
export const isTest = (shownBy: string): boolean => {
  const [, project = "", file = "", title = ""] = /^(\w+)\/([\w./-]+): (.+)$/.exec(shownBy) ?? []
  return ["apps", "packages"]
    .map((folder) => `${folder}/${project}/test/${file}.test.ts`)
    .some((path) => existsSync(root + path) && holds(read(path), title))
}
