/** A spawned `usher serve` process. */
import { Data, Deferred, Effect, Fiber, type Redacted, Ref, Stream } from "effect"
import { ChildProcess } from "effect/process"
import { main } from "../files.ts"

export interface RelayProcess {
  readonly url: string
  /** `SIGSTOP` pauses the process until `SIGCONT`. */
  readonly signal: (signal: "SIGSTOP" | "SIGCONT") => Effect.Effect<void>
  /** Kills the process with `SIGKILL`, and waits for its end. */
  readonly kill: Effect.Effect<void>
}

export class NoRelay extends Data.TaggedError("NoRelay")<{ readonly message: string }> {}

const startTimeout = "60 seconds"

/** The number of log lines to keep. */
const kept = 20

/** Starts a relay with this configuration file. It ends with the scope. */
export const start = Effect.fnUntraced(function* (
  file: string,
  environment: Readonly<Record<string, Redacted.Redacted>>
) {
  const relay = yield* ChildProcess.make(process.execPath, [main, "serve", "--config", file], {
    // No telemetry to the collector of the user. The JSON log has the URL.
    env: { ...environment, OTEL_SDK_DISABLED: "true", LOG_FORMAT: "json", LOG_LEVEL: "info" },
    extendEnv: true,
    detached: false,
    killSignal: "SIGKILL",
    stdin: "ignore",
    stdout: "ignore"
  })
  const lines = yield* Ref.make<ReadonlyArray<string>>([])
  const listening = yield* Deferred.make<string>()
  const hearing = yield* relay.stderr.pipe(
    Stream.decodeText,
    Stream.splitLines,
    Stream.runForEach((line) =>
      Effect.andThen(
        Ref.update(lines, (lines) => [...lines, line].slice(-kept)),
        Effect.suspend(() => {
          const [, url] = /usher listens on (http:\/\/[\d.:]+)/.exec(line) ?? []
          return url === undefined ? Effect.void : Deferred.succeed(listening, url)
        })
      )
    ),
    Effect.ignore,
    Effect.forkScoped
  )
  const gone = Effect.ignore(relay.exitCode)
  const ended = Effect.gen(function* () {
    yield* gone
    yield* Fiber.await(hearing)
    const printed = yield* Ref.get(lines)
    return yield* new NoRelay({ message: `The relay under test did not start:\n${printed.join("\n")}` })
  })
  const url = yield* Deferred.await(listening).pipe(
    Effect.raceFirst(ended),
    Effect.timeoutOrElse({
      duration: startTimeout,
      orElse: () =>
        Effect.fail(new NoRelay({ message: `The relay under test did not listen within ${startTimeout}` }))
    })
  )
  const send = (signal: NodeJS.Signals) => Effect.sync(() => void process.kill(relay.pid, signal))
  const started: RelayProcess = { url, signal: send, kill: Effect.andThen(send("SIGKILL"), gone) }
  return started
})
