import { describe, expect, it } from "@effect/vitest"
import { Cause, Config, ConfigProvider, Duration, Effect, PlatformError, Schema } from "effect"
import { CliError, Command } from "effect/cli"
import { Sse } from "effect/encoding"
import { HttpClientError, HttpClientRequest, HttpServerError } from "effect/http"
import { HttpApiError } from "effect/http-api"
import { Migrator, SqlError } from "effect/sql"
import { Problem } from "@usher/admin"
import { Inbox, Move } from "@usher/engine"
import { Secret } from "@usher/signatures"
import { Reported } from "../../../src/cli/support/exit.ts"
import { exitCodes, kindByTag } from "../../../src/cli/support/exitCodes.ts"
import { codeOf, Failed } from "../../../src/cli/support/failure.ts"
import { usher } from "../../../src/cli/usher.ts"
import { InvalidConfig } from "../../../src/config/ConfigFile.ts"
import { Stalled } from "../../../src/demo/Demo.ts"
import { NoRelay } from "../../../src/selftest/RelayProcess.ts"
import { NoScratch } from "../../../src/selftest/Scratch.ts"
import { NoSpot } from "../../../src/selftest/Selftest.ts"
import { Unreadable } from "@usher/people/sample"
import { Unwilling } from "../../../src/selftest/Trial.ts"
import { InvalidOtel } from "../../../src/telemetry/Otel.ts"
import { read, rowsOf } from "../../handbook/handbook.ts"
import { usher as inProcess } from "../../inProcess.ts"

const run = Command.runWith(usher, { version: "0" })

/** Whatever a command can fail with, besides help and what carries its own kind. */
type Failure = Exclude<Effect.Error<ReturnType<typeof run>>, CliError.ShowHelp | Failed>

/** One error of each class, and the exit code that the handbook promises. A class without a case does not compile. */
type Cases = {
  readonly [Tag in Failure["_tag"]]: readonly [Extract<Failure, { readonly _tag: Tag }>, number]
}
const request = HttpClientRequest.get("http://127.0.0.1:1/api/stats")
const detail = "Why."
const problems = ["spots: missing"]

const cases: Cases = {
  DuplicateOption: [
    new CliError.DuplicateOption({ option: "all", parentCommand: "usher", childCommand: "purge" }),
    2
  ],
  InvalidValue: [
    new CliError.InvalidValue({ option: "limit", value: "x", expected: "a number", kind: "flag" }),
    2
  ],
  MissingArgument: [new CliError.MissingArgument({ argument: "person" }), 2],
  MissingOption: [new CliError.MissingOption({ option: "before" }), 2],
  UnexpectedArgument: [new CliError.UnexpectedArgument({ arguments: ["x"] }), 2],
  UnknownSubcommand: [new CliError.UnknownSubcommand({ subcommand: "sent", suggestions: ["send"] }), 2],
  UnrecognizedOption: [new CliError.UnrecognizedOption({ option: "--al", suggestions: ["--all"] }), 2],
  UserError: [new CliError.UserError({ cause: "Why." }), 1],
  ValidationError: [new CliError.ValidationError({ message: "Why." }), 2],
  BadRequestProblem: [new HttpApiError.BadRequestProblem({ detail }), 2],
  Conflict: [new Problem.Conflict({ detail }), 4],
  Forbidden: [new Problem.Forbidden({ detail }), 4],
  HttpClientError: [
    new HttpClientError.HttpClientError({ reason: new HttpClientError.TransportError({ request }) }),
    5
  ],
  InternalServerErrorProblem: [new HttpApiError.InternalServerErrorProblem({ detail }), 1],
  Invalid: [new Problem.Invalid({ problems }), 4],
  NotAPerson: [new Problem.NotAPerson({ detail }), 2],
  NotFound: [new Problem.NotFound({ detail }), 3],
  SchemaError: [Effect.runSync(Effect.flip(Schema.decodeUnknownEffect(Schema.String)(1))), 1],
  TooMany: [new Problem.TooMany({ detail, retryAfter: 1 }), 4],
  Unauthorized: [new Problem.Unauthorized({ detail }), 4],
  Unavailable: [new Problem.Unavailable({ detail }), 5],
  UnsupportedMediaType: [new Problem.UnsupportedMediaType({ detail }), 1],
  Retry: [new Sse.Retry({ duration: Duration.seconds(1), lastEventId: undefined }), 1],
  SseError: [new Sse.SseError({ reason: new Sse.EventTooLarge({ maxEventSize: 1 }) }), 1],
  TimeoutError: [new Cause.TimeoutError("Why."), 1],
  ConfigError: [new Config.ConfigError(new ConfigProvider.SourceError({ message: "Why." })), 1],
  InvalidConfig: [new InvalidConfig({ file: "usher.yaml", problems: [] }), 1],
  InvalidOtel: [new InvalidOtel({ problems }), 1],
  InvalidSecret: [new Secret.InvalidSecret({ secret: "#1", reason: "Empty" }), 2],
  InboxUnavailable: [new Inbox.InboxUnavailable({ cause: new Error("Why.") }), 5],
  MigrationError: [new Migrator.MigrationError({ kind: "Failed", message: "Why." }), 1],
  MoveRefused: [new Move.MoveRefused({ message: "Why." }), 1],
  PlatformError: [PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "stat" }), 1],
  ServeError: [new HttpServerError.ServeError({ cause: new Error("Why.") }), 1],
  SqlError: [
    new SqlError.SqlError({ reason: new SqlError.ConnectionError({ cause: new Error("Why.") }) }),
    5
  ],
  NoRelay: [new NoRelay({ message: "Why." }), 1],
  NoScratch: [new NoScratch({ message: "Why." }), 1],
  NoSpot: [new NoSpot({ message: "Why." }), 1],
  Reported: [new Reported(), 1],
  Stalled: [new Stalled({ title: "svix" }), 1],
  Unreadable: [new Unreadable({ message: "Why." }), 1],
  Unwilling: [new Unwilling({ message: "Why." }), 1]
}

describe("exit codes", () => {
  it.each(Object.entries(cases))("%s has its own place in the table", (tag, [error, code]) => {
    expect(Object.keys(kindByTag)).toContain(tag)
    expect(codeOf(error)).toBe(code)
  })

  it("the table names no error that no command can fail with", () => {
    expect(Object.keys(kindByTag).toSorted()).toEqual(Object.keys(cases).toSorted())
  })

  it.each(["failed", "usage", "missing", "refused", "unavailable"] as const)(
    "a command that fails as %s says it itself",
    (kind) => {
      expect(codeOf(new Failed({ kind, message: "Why." }))).toBe(exitCodes[kind].code)
    }
  )

  it("an error that nobody expected is a failure", () => {
    expect([new Error("x"), undefined, { _tag: "Unheard" }].map(codeOf)).toEqual([1, 1, 1])
  })

  it.effect("the help and the handbook repeat the table", () =>
    Effect.gen(function* () {
      const table = Object.values(exitCodes).map(({ code, meaning }) => [String(code), meaning])
      expect(rowsOf(read("docs/operations/commands.md"), "code")).toEqual(table)
      const { stdout } = yield* inProcess(["--help"])
      for (const [code = "", meaning = ""] of table) {
        expect(stdout).toContain(`${code.padEnd(3)}  ${meaning.replaceAll("`", "")}`)
      }
    })
  )
})
