/** The commands that a text shows, and what of them a command line does not know. */
import { NodeServices } from "@effect/platform-node"
import { Effect } from "effect"
import { CliOutput, Command, type HelpDoc } from "effect/cli"

/** What a command says of itself, and the commands below it by their names. */
export interface Known {
  readonly doc: HelpDoc.HelpDoc
  readonly below: ReadonlyMap<string, Known>
}

/** A command with all below it, by their own help. */
export const known = <Name extends string, Input, ContextInput, E, R>(
  command: Command.Command<Name, Input, ContextInput, E, R>
) => {
  const lookUp = (path: ReadonlyArray<string>): Effect.Effect<Known> =>
    Effect.gen(function* () {
      const shown: Array<HelpDoc.HelpDoc> = []
      const present = (event: CliOutput.Presenter.Event) =>
        Effect.sync(() => void (event._tag === "Help" && shown.push(event.helpDoc)))
      yield* Command.runWith(command, { version: "0" })([...path, "--help"]).pipe(
        Effect.provideService(CliOutput.Presenter, { present }),
        Effect.provide(NodeServices.layer),
        // A command that only shows its help runs nothing that needs a service.
        (self) => self as Effect.Effect<void, unknown>,
        Effect.orDie
      )
      const [doc] = shown
      if (doc === undefined) return yield* Effect.die(new Error(`${path.join(" ")} has no help`))
      const names = (doc.subcommands ?? []).flatMap(({ commands }) => commands.map(({ name }) => name))
      const below = yield* Effect.forEach(names, (name) =>
        Effect.map(lookUp([...path, name]), (found) => [name, found] as const)
      )
      return { doc, below: new Map(below) }
    })
  return lookUp([])
}

/** Every path of commands: `tokens`, `tokens create`, … */
export const pathsOf = ({ below }: Known, before = ""): ReadonlyArray<string> =>
  [...below].flatMap(([name, command]) => [`${before}${name}`].concat(pathsOf(command, `${before}${name} `)))

const flagsOf = ({ doc }: Known): ReadonlyArray<string> =>
  [...doc.flags, ...(doc.inheritedFlags ?? []), ...(doc.globalFlags ?? [])].flatMap(({ name, aliases }) =>
    [`--${name}`].concat(aliases)
  )

/** Every flag of every command. */
export const allFlags = (command: Known): ReadonlySet<string> =>
  new Set(
    flagsOf(command).concat(
      Array.from(command.below.values()).flatMap((below) => Array.from(allFlags(below)))
    )
  )

/** What is unknown in the words after the program's name; undefined where all of it is known. */
export const unknownIn = (words: ReadonlyArray<string>, command: Known): string | undefined => {
  const [first = "", ...rest] = words
  // `usher <command> --help` is said of any.
  if (first.startsWith("<")) return
  const below = command.below.get(first)
  if (below !== undefined) return unknownIn(rest, below)
  const flags = new Set(flagsOf(command))
  if (command.below.size > 0 && !first.startsWith("-")) return first === "" ? undefined : first
  return words.filter((word) => /^--?[a-z]/.test(word)).find((word) => !flags.has(word.replace(/=.*$/, "")))
}

const blocks = /^ *```(?:sh|text)?\n(.*?)^ *```$/gms
const inline = /(?<!`)`([^`\n]+)`(?!`)/g

/** The lines of its shell blocks, each whole, and the code within its sentences. */
const codeOf = (markdown: string): ReadonlyArray<string> => [
  ...Array.from(markdown.matchAll(blocks), ([, block = ""]) =>
    block.replaceAll(/\\\n\s*/g, "").split("\n")
  ).flat(),
  ...Array.from(markdown.replaceAll(/^ *```.*?^ *```$/gms, "").matchAll(inline), ([, code = ""]) => code)
]

/** The words of what is run: without comments, quotes, what is piped on, and the brackets of what may be left out. */
const wordsOf = (line: string) => {
  const [run = ""] = line
    .replace(/\s+#.*$/, "")
    .replaceAll(/'[^']*'|"[^"]*"/g, "text")
    .replaceAll(/[[\]]|\\?\|(?= ?-)/g, " ")
    .split(/\s+[|&;>]+\s|\)/, 1)
  return run.trim().split(/\s+/)
}

/** What is run after one of these beginnings, each as words. */
export const shown = (markdown: string, ...beginnings: ReadonlyArray<RegExp>) =>
  codeOf(markdown).flatMap((line) =>
    beginnings
      .map((beginning) => beginning.exec(line))
      .filter((match) => match !== null)
      .slice(0, 1)
      .map((match) => wordsOf(line.slice(match.index + match[0].length)))
  )

/** The flags that stand alone in code within sentences. */
export const flagsAlone = (markdown: string) =>
  codeOf(markdown).flatMap((code) => (/^--[a-z]/.test(code) ? [code.split(/[ =]/)[0] ?? ""] : []))
