/** Each command that a document shows exists, with its flags. */
import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { sandbox } from "../../../sandbox/src/command.ts"
import { usher } from "../../src/cli/usher.ts"
import { allFlags, flagsAlone, known, pathsOf, shown, unknownIn } from "./commands.ts"
import { handbook, pages, read, rowsOf } from "./handbook.ts"

const documents = [
  "README.md",
  "SECURITY.md",
  ...pages,
  "docs/benchmarks.md",
  "apps/bench/README.md",
  "apps/dashboard/README.md",
  "apps/sandbox/README.md",
  "packages/admin/README.md",
  "packages/core/README.md",
  "packages/engine/README.md",
  "packages/model/README.md",
  "packages/signatures/README.md",
  "packages/sqlite/README.md",
  "deploy/usher.service",
  "apps/relay/usher.example.yaml"
]

/** How documents begin what this repository's command line is given. */
const usherIs = [/^(?:\$ )?usher (?!:)/, /\bpnpm@[\d.]+ (?:run )?usher /, /\/src\/main\.ts (?=[a-z])/]
const sandboxIs = [/\bpnpm@[\d.]+ (?:run )?sandbox /]
const pnpmIs = [/^(?:\$ )?(?:npx -y )?pnpm(?:@[\d.]+)? (?:run )?(?=[a-z])/]

/** Flags of other programs that sentences name. */
const others = new Set(["--disable-sigusr1", "--once"])

/** Commands of pnpm itself. */
const builtIn = new Set(["install", "exec", "audit"])

describe("the documents", () => {
  it.effect.each(documents)("show commands and flags that exist: %s", (document) =>
    Effect.gen(function* () {
      const text = read(document)
      const [relay, upstream] = yield* Effect.all([known(usher), known(sandbox)])
      const unknown = (command: typeof relay, ...beginnings: ReadonlyArray<RegExp>) =>
        shown(text, ...beginnings).flatMap((words) => {
          const word = unknownIn(words, command)
          return word === undefined ? [] : [`${word} in ${words.join(" ")}`]
        })
      expect(unknown(relay, ...usherIs)).toEqual([])
      expect(unknown(upstream, ...sandboxIs)).toEqual([])
      const { scripts } = JSON.parse(read("package.json")) as {
        readonly scripts: Readonly<Record<string, string>>
      }
      const runs = shown(text, ...pnpmIs).map(([name = ""]) => name)
      expect(runs.filter((name) => !(name in scripts) && !builtIn.has(name))).toEqual([])
    })
  )

  it.effect("name flags that exist: the handbook", () =>
    Effect.gen(function* () {
      const flags = allFlags(yield* known(usher))
      const alone = flagsAlone(handbook())
      expect(alone.length).toBeGreaterThan(20)
      expect(alone.filter((flag) => !flags.has(flag) && !others.has(flag))).toEqual([])
    })
  )

  it.effect("show more than a few of them, and a wrong one would be found", () =>
    Effect.gen(function* () {
      expect(documents.flatMap((document) => shown(read(document), ...usherIs)).length).toBeGreaterThan(50)
      const command = yield* known(usher)
      const unknownOf = (code: string) => shown(code, ...usherIs).map((words) => unknownIn(words, command))
      expect(unknownOf("`usher tokens create --name x [--days 30 | --never]`")).toEqual([undefined])
      expect(unknownOf("`usher tokens make`")).toEqual(["make"])
      expect(unknownOf("```sh\nusher stats \\\n  --per hour\n```")).toEqual(["--per"])
    })
  )
})

describe("the command line", () => {
  it.effect("is in the handbook's table, each command of it", () =>
    Effect.gen(function* () {
      const table = rowsOf(handbook(), "command").map(([first = ""]) => first)
      const paths = pathsOf(yield* known(usher))
      expect(paths.length).toBeGreaterThan(40)
      expect(
        paths.filter((path) => {
          const [command = "", below] = path.split(" ")
          const rows = table.filter((row) => new RegExp(`\`usher ${command}\\b`).test(row))
          return !rows.some((row) => below === undefined || new RegExp(`\\b${below}\\b`).test(row))
        })
      ).toEqual([])
    })
  )

  it.effect("shows examples that it takes", () =>
    Effect.gen(function* () {
      const command = yield* known(usher)
      const examplesOf = ({ doc, below }: typeof command): ReadonlyArray<string> => [
        ...(doc.examples ?? []).map((example) => `\`${example.command}\``),
        ...[...below.values()].flatMap(examplesOf)
      ]
      const examples = examplesOf(command)
      expect(examples.length).toBeGreaterThan(10)
      const words = shown(examples.join("\n"), ...usherIs)
      expect(words.length).toBeGreaterThan(10)
      expect(words.filter((each) => unknownIn(each, command) !== undefined)).toEqual([])
    })
  )
})
