/** Links between the documents lead somewhere. */
import { describe, expect, it } from "@effect/vitest"
import { existsSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { read } from "./handbook.ts"

const root = fileURLToPath(new URL("../../../../", import.meta.url))

const isOurs = (path: string) => !/(?:^|\/)(?:node_modules|dist|\.git|\.pnpm)\//.test(path)

const documents = ["docs", "deploy", "examples", "apps", "packages"]
  .filter((folder) => existsSync(root + folder))
  .flatMap((folder) =>
    readdirSync(root + folder, { recursive: true, encoding: "utf8" }).map((name) => `${folder}/${name}`)
  )
  .concat(readdirSync(root))
  .filter((path) => path.endsWith(".md") && isOurs(path))

const withoutFences = (markdown: string) => markdown.replaceAll(/^```.*?^```$/gms, "")

/** The anchor of a heading, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
    .replaceAll(" ", "-")

const anchorsOf = (markdown: string) => [
  ...Array.from(withoutFences(markdown).matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => anchorOf(heading)),
  ...Array.from(markdown.matchAll(/<a id="([^"]+)">/g), ([, id = ""]) => id)
]

const linksOf = (markdown: string) =>
  Array.from(withoutFences(markdown).matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link).filter(
    (link) => !/^(?:https?|mailto):/.test(link)
  )

/** The links of a document that lead nowhere. */
const broken = (document: string, markdown: string) =>
  linksOf(markdown).filter((link) => {
    const [path = "", anchor] = link.split("#")
    const target = path === "" ? document : join(dirname(document), path)
    if (!existsSync(root + target)) return true
    const text = target === document ? markdown : anchor === undefined ? "" : read(target)
    return anchor !== undefined && !anchorsOf(text).includes(anchor)
  })

describe("links", () => {
  it.each(documents)("lead to files and headings that exist: %s", (document) => {
    expect(broken(document, read(document))).toEqual([])
  })

  it("are read from every document, and a broken one is found", () => {
    expect(documents.length).toBeGreaterThan(20)
    expect(documents.flatMap((document) => linksOf(read(document))).length).toBeGreaterThan(150)
    const markdown = "# A `b` c\n[a](#a-b-c) [b](#b) [c](docs/none.md) [d](docs/benchmarks.md#none)"
    expect(broken("README.md", markdown)).toEqual(["#b", "docs/none.md", "docs/benchmarks.md#none"])
  })
})
