/** Measures the size of bundled programs that use core. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { rolldown } from "rolldown"
import { expect, kB } from "./commands.ts"

interface Bundle {
  /** Bytes, minified. */
  readonly size: number
  /** Bytes, minified and compressed. */
  readonly gzip: number
  /** The paths of the modules that contribute code. */
  readonly modules: ReadonlyArray<string>
}

/** Bundles a program whose imports are installed in `directory`. */
const bundle = async (
  directory: string,
  source: string,
  external: ReadonlyArray<RegExp>
): Promise<Bundle> => {
  const input = join(directory, "bundled.mjs")
  writeFileSync(input, source)
  const build = await rolldown({
    input,
    cwd: directory,
    platform: "neutral",
    external: [...external],
    logLevel: "silent"
  })
  const { output } = await build.generate({ format: "esm", minify: true, codeSplitting: false })
  await build.close()
  const [{ code, modules }] = output
  return {
    size: Buffer.byteLength(code),
    gzip: code === "" ? 0 : gzipSync(code, { level: 9 }).length,
    modules: Object.entries(modules)
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .map(([path]) => path)
  }
}

/** A fiber that ends, for comparison. */
const fiber = `
import { Effect } from "effect"
await Effect.runPromise(Effect.void)
`

/** The call written by hand, with one schema and no errors of its own. */
const byHand = `
import { Effect, Schema } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, HttpClientResponse } from "effect/http"

const Participant = Schema.Struct({ id: Schema.String, status: Schema.String })
const invite = HttpClientRequest.post("https://openapi.meltingspot.io/v1/lives/live-1/participants").pipe(
  HttpClientRequest.bodyJsonUnsafe({ member: "alice@example.com" }),
  HttpClient.execute,
  Effect.flatMap(HttpClientResponse.schemaBodyJson(Participant))
)
await Effect.runPromise(Effect.provide(invite, FetchHttpClient.layer))
`

/** The same call through the service. */
const service = `
import { LiveParticipants } from "@usher/core"
import { Effect, Layer, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"

const invite = Effect.flatMap(LiveParticipants.LiveParticipants, (participants) =>
  participants.invite({ liveId: "live-1", member: "alice@example.com" })
)
const layer = LiveParticipants.layer({ secretKey: Redacted.make("secret") })
await Effect.runPromise(Effect.provide(invite, Layer.provide(layer, FetchHttpClient.layer)))
`

/** The same call alone. */
const invite = `
import { LiveParticipants } from "@usher/core"
import { Effect, Redacted } from "effect"
import { FetchHttpClient } from "effect/http"

const program = Effect.gen(function* () {
  const { invite } = yield* LiveParticipants.makeInvite({ secretKey: Redacted.make("secret") })
  return yield* invite({ liveId: "live-1", member: "alice@example.com" })
})
await Effect.runPromise(Effect.provide(program, FetchHttpClient.layer))
`

/** The maximum that `invite` may add to a program with effect, in bytes, minified. */
const limit = 25_000

/** Prints the size of inviting in a bundle, and fails above the limit. */
export const checkBundle = async (project: string) => {
  const unused = await bundle(project, `import "@usher/core"; import "@usher/core/testing"`, [])
  expect(unused.size === 0, `Importing without using anything leaves ${unused.size} bytes in a bundle`)
  console.log("\nin a bundle, minified / and gzipped    effect external         effect included")
  const row = async (label: string, source: string) => {
    const external = await bundle(project, source, [/^effect(\/|$)/])
    const included = await bundle(project, source, [])
    const cell = ({ gzip, size }: Bundle) => `${kB(size)} / ${kB(gzip)}`.padStart(20)
    console.log(`${label.padEnd(34)}${cell(external)}    ${cell(included)}`)
    return { external, included }
  }
  await row("effect: a fiber", fiber)
  await row("effect: the call by hand", byHand)
  checkContents((await row("LiveParticipants.layer", service)).included)
  const { external } = await row("LiveParticipants.makeInvite", invite)
  console.log(`\ninvite alone: ${kB(external.size)} minified of at most ${kB(limit)}`)
  expect(external.size <= limit, `invite alone takes ${kB(external.size)}, more than ${kB(limit)}`)
}

/** `LiveParticipants` alone must not include the contract or the test parts. */
const checkContents = ({ modules }: Bundle) => {
  const foreign = modules.filter((path) =>
    /http-api|MeltingSpot(Api|Client|Memory|Server|Webhook)|CallError|Groups?\.js$|Lives?(Filter)?\.js$|Speakers|SpotMember|Test\.js$|Generators|HttpServer/.test(
      path
    )
  )
  expect(foreign.length === 0, `A program that only invites also bundles:\n${foreign.join("\n")}`)
}
