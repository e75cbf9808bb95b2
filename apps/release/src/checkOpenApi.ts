/**
 * Checks the OpenAPI document that a relay serves: lints it by redocly and spectral, generates a client from it, compiles this
 * strictly, and lets it call the relay. npm installs the tools into a scratch project.
 *
 *     pnpm run check:openapi
 */
import { spawn } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { expect, run } from "./commands.ts"
import { checkTypes, makeProject } from "./Project.ts"
import { workspace } from "./Package.ts"

const tools = [
  "@redocly/cli@2.77.0",
  "@stoplight/spectral-cli@6.16.3",
  "openapi-typescript@7.13.0",
  "openapi-fetch@0.17.0"
]

const token = "a-token-with-the-scope-read-0123456789"

const configuration = `
server: { port: 0 }
database: sqlite:./usher.db
spots:
  main: { secretKey: { env: SPOT_KEY } }
sources:
  form:
    sender: token
    secrets: [{ env: FORM_SECRET }]
    spot: main
    invite: { live: live-1, member: { expr: email } }
admin:
  tokens: [{ env: READ_TOKEN, name: reader, scope: read }]
`

/** A program of a user of the generated client. Its types come from the document alone. */
const client = `import createClient from "openapi-fetch"
import type { paths } from "./api.d.ts"

const [baseUrl = "", token = ""] = process.argv.slice(2)
const usher = createClient<paths>({ baseUrl, headers: { authorization: \`Bearer \${token}\` } })

const stats = await usher.GET("/api/stats")
const waiting: number | undefined = stats.data?.waitingWebhooks
const webhooks = await usher.POST("/api/webhooks/search", { body: { source: "form", limit: 10 } })
const ids: ReadonlyArray<string> | undefined = webhooks.data?.items.map(({ id }) => id)
const sources = await usher.GET("/api/sources")
const names: ReadonlyArray<string> | undefined = sources.data?.map(({ name }) => name)
const missing = await usher.GET("/api/webhooks/{id}", { params: { path: { id: "wh_none" } } })
const pause = await usher.POST("/api/spots/{name}/pause", {
  params: { path: { name: "main" } },
  body: { reason: "test" }
})
console.log(JSON.stringify([waiting, ids, names, missing.response.status, pause.response.status]))
`

interface Relay {
  readonly url: string
  readonly stop: () => void
}

/** A relay with an empty database in this folder. */
const startRelay = (cwd: string) =>
  new Promise<Relay>((resolve, reject) => {
    const main = join(workspace, "apps/relay/src/main.ts")
    const secrets = {
      SPOT_KEY: "key-of-the-spot",
      FORM_SECRET: "secret-of-the-form-0123456789",
      READ_TOKEN: token
    }
    const child = spawn(process.execPath, ["--no-warnings", main, "serve"], {
      cwd,
      env: { ...process.env, ...secrets }
    })
    let printed = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      printed += text
      const url = /listens on (http:[^ "]+)/.exec(printed)?.[1]
      if (url !== undefined) resolve({ url, stop: () => void child.kill() })
    })
    child.once("exit", (code) => reject(new Error(`The relay ended with ${code}: ${printed}`)))
  })

const project = mkdtempSync(join(tmpdir(), "usher-openapi-"))
writeFileSync(join(project, "usher.yaml"), configuration)
try {
  const [relay] = await Promise.all([startRelay(project), makeProject(project, tools)])
  try {
    writeFileSync(join(project, "openapi.json"), await (await fetch(`${relay.url}/api/openapi.json`)).text())
    writeFileSync(join(project, ".spectral.yaml"), "extends: spectral:oas\n")
    writeFileSync(join(project, "client.ts"), client)
    const tool = (name: string, ...args: ReadonlyArray<string>) =>
      run(join(project, "node_modules/.bin", name), args, { cwd: project, env: { REDOCLY_TELEMETRY: "off" } })

    const [lint] = await Promise.all([
      tool("redocly", "lint", "openapi.json", "--extends=recommended", "--format=json"),
      tool("spectral", "lint", "openapi.json", "--fail-severity=hint"),
      tool("openapi-typescript", "openapi.json", "--output", "api.d.ts")
    ])
    const { totals } = JSON.parse(lint)
    expect(totals.errors + totals.warnings === 0, `redocly found:\n${lint}`)
    console.log("ok  redocly and spectral find nothing in the OpenAPI document")

    await checkTypes(project, ["client.ts"], "TypeScript 5.9", "nodenext")
    const printed = await run(process.execPath, ["--no-warnings", "client.ts", relay.url, token], {
      cwd: project
    })
    expect(printed.trim() === '[0,[],["form"],404,403]', `The generated client printed ${printed}`)
    console.log("ok  a client that is generated from the document compiles, and calls the relay")
  } finally {
    relay.stop()
  }
} finally {
  rmSync(project, { recursive: true, force: true })
}
