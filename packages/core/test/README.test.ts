/** What the README says is so. */
import { NodeServices } from "@effect/platform-node"
import { describe, expect, it } from "@effect/vitest"
import { Config, ConfigProvider, Duration, Effect, FileSystem, Redacted } from "effect"
import { join } from "node:path"
import { InviteError, MeltingSpotConfig } from "../src/index.ts"

const examples = join(import.meta.dirname, "../examples")

describe("the README", () => {
  /** Without the comment that says what the file is. */
  const program = (code: string) => code.replace(/^\/\*\*.*?\*\/\n/s, "")

  const files = Effect.gen(function* () {
    const { readDirectory, readFileString } = yield* FileSystem.FileSystem
    const names = (yield* readDirectory(examples)).filter((name) => name.endsWith(".ts"))
    return {
      names,
      sources: yield* Effect.forEach(names, (name) => readFileString(join(examples, name))),
      readme: yield* readFileString(join(examples, "../README.md"))
    }
  })

  it.effect("shows the examples in full, which run as printed, and names each of them", () =>
    Effect.gen(function* () {
      const { names, sources, readme } = yield* files
      const blocks = Array.from(readme.matchAll(/^```ts\n(.*?)^```/gms), ([, code = ""]) => code)
      expect(blocks.length).toBeGreaterThan(5)
      const programs = new Set(sources.map(program))
      expect(blocks.filter((block) => !programs.has(block))).toEqual([])
      expect(names.filter((name) => !readme.includes(`(examples/${name})`))).toEqual([])
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect.prop("tells of every error whether it is retryable", [InviteError.InviteError], ([error]) =>
    Effect.gen(function* () {
      const { readme } = yield* files
      const retryable = InviteError.isRetryable(error) ? "yes" : "no"
      expect(readme).toMatch(new RegExp(`^\\| \`${error._tag}\` .*\\| ${retryable} +\\|$`, "m"))
    }).pipe(Effect.provide(NodeServices.layer))
  )

  it.effect("names the variables that are read", () =>
    Effect.gen(function* () {
      const { readme } = yield* files
      const env = {
        MELTINGSPOT_SECRET_KEY: "k",
        MELTINGSPOT_BASE_URL: "http://127.0.0.1:1",
        MELTINGSPOT_AUTHORIZATION_PREFIX: "Bearer ",
        MELTINGSPOT_TIMEOUT: "7 seconds",
        MELTINGSPOT_USER_AGENT: "me",
        MELTINGSPOT_MAX_RETRY_AFTER: "2 hours"
      }
      expect(Array.from(readme.matchAll(/`(MELTINGSPOT_\w+)`/g), ([, name]) => name)).toEqual(
        Object.keys(env)
      )
      expect(yield* Config.unwrap(MeltingSpotConfig.config).parse(ConfigProvider.fromEnv({ env }))).toEqual({
        secretKey: Redacted.make("k"),
        baseUrl: "http://127.0.0.1:1",
        authorizationPrefix: "Bearer ",
        timeout: Duration.seconds(7),
        userAgent: "me",
        maxRetryAfter: Duration.hours(2)
      })
    }).pipe(Effect.provide(NodeServices.layer))
  )
})
