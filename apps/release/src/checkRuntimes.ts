/**
 * Checks that core runs outside of Node: runs its examples for Workers and for Bun on these runtimes, which npm installs into a
 * scratch project.
 *
 *     pnpm run check:runtimes
 */
import { NodeHttpServer } from "@effect/platform-node"
import { MeltingSpotApi } from "@usher/core"
import { MeltingSpotMemory, MeltingSpotServer } from "@usher/core/testing"
import { Effect, Layer, ManagedRuntime, Redacted } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { rolldown } from "rolldown"
import { expect } from "./commands.ts"
import { makeProject } from "./Project.ts"

const versions = { workerd: "1.20261117.1", bun: "1.4.5" }
const secretKey = "the-key-of-the-spot"
const examples = join(import.meta.dirname, "../../../packages/core/examples")

const bundle = async (name: string, directory: string) => {
  const made = await rolldown({
    input: join(examples, `${name}.ts`),
    platform: "browser",
    resolve: { conditionNames: ["import"] }
  })
  await made.write({ file: join(directory, `${name}.js`), format: "esm" })
  await made.close()
}

const upstream = ManagedRuntime.make(
  HttpRouter.serve(
    HttpApiBuilder.layer(MeltingSpotApi.MeltingSpotApi).pipe(
      Layer.provide(MeltingSpotServer.layerHandlers),
      Layer.provide(MeltingSpotServer.layerSecretKey(Redacted.make(secretKey)))
    ),
    { disableLogger: true, disableListenLog: true }
  ).pipe(
    Layer.provide(Layer.succeed(MeltingSpotMemory.MeltingSpot, MeltingSpotMemory.make({}))),
    Layer.provideMerge(NodeHttpServer.layer(() => createServer(), { host: "127.0.0.1", port: 0 }))
  )
)

interface Started {
  readonly url: string
  readonly stop: () => void
}

/** Starts a server that prints its port. */
const start = (
  command: string,
  args: ReadonlyArray<string>,
  port: RegExp,
  env: Readonly<Record<string, string>>
) =>
  new Promise<Started>((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env } })
    let printed = ""
    const read = (text: string) => {
      printed += text
      const found = port.exec(printed)?.[1]
      if (found !== undefined) resolve({ url: `http://127.0.0.1:${found}`, stop: () => void child.kill() })
    }
    child.stdout.setEncoding("utf8").on("data", read)
    child.stderr.setEncoding("utf8").on("data", read)
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`${command} ended with ${code}: ${printed}`)))
  })

const signUp = async (name: string, { url, stop }: Started, email: string) => {
  try {
    for (const expected of ["invited", "already invited"]) {
      const response = await fetch(url, { method: "POST", body: email })
      const text = await response.text()
      expect(text === expected, `On ${name}, the answer is ${response.status} "${text}", not "${expected}"`)
    }
    console.log(`ok  core invites on ${name}`)
  } finally {
    stop()
  }
}

/** https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp */
const workerdConfig = (baseUrl: string) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .main),
    (name = "internet", network = (allow = ["private", "local"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const main :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  compatibilityDate = "2026-01-01",
  bindings = [
    (name = "MELTINGSPOT_SECRET_KEY", text = "${secretKey}"),
    (name = "MELTINGSPOT_BASE_URL", text = "${baseUrl}")
  ]
);
`

const scratch = mkdtempSync(join(tmpdir(), "usher-runtimes-"))
try {
  const baseUrl = await upstream.runPromise(HttpServer.addressFormattedWith(Effect.succeed))
  // The packages of the binaries, which have no install scripts.
  const platform = `${process.platform}-${process.arch}`
  const project = await makeProject(scratch, [
    `@cloudflare/workerd-${platform.replace("x64", "64")}@${versions.workerd}`,
    `@oven/bun-${platform}${process.arch === "x64" ? "-baseline" : ""}@${versions.bun}`
  ])
  await bundle("worker", project)
  await bundle("bun", project)
  writeFileSync(join(project, "worker.capnp"), workerdConfig(baseUrl))
  const modules = join(project, "node_modules")
  const workerd = join(modules, `@cloudflare/workerd-${platform.replace("x64", "64")}/bin/workerd`)
  const bun = join(modules, `@oven/bun-${platform}${process.arch === "x64" ? "-baseline" : ""}/bin/bun`)
  const args = ["serve", join(project, "worker.capnp"), "--control-fd=1"]
  const worker = await start(workerd, args, /"port":(\d+)/, {})
  await signUp(`workerd ${versions.workerd}`, worker, "alice@example.com")
  const served = await start(bun, [join(project, "bun.js")], /:(\d+)/, {
    PORT: "0",
    MELTINGSPOT_SECRET_KEY: secretKey,
    MELTINGSPOT_BASE_URL: baseUrl
  })
  await signUp(`Bun ${versions.bun}`, served, "bob@example.com")
} finally {
  rmSync(scratch, { recursive: true, force: true })
  await upstream.dispose()
}
