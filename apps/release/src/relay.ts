/** Checks the package of the relay: what it installs is a command that serves the receiver and the dashboard. */
import { spawn } from "node:child_process"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { expect, Fault, kB, run } from "./commands.ts"
import { workspace } from "./Package.ts"
import { makeProject } from "./Project.ts"
import type { Tarball } from "./Tarball.ts"

const configuration = `
server: { host: 127.0.0.1, port: 0 }
database: sqlite:./usher.db
spots:
  main: { secretKey: { env: SECRET } }
sources:
  form:
    sender: svix
    secrets: [{ env: SECRET }]
    spot: main
    invite: { live: live-1, member: { expr: email } }
`

const packRelay = async (directory: string): Promise<{ readonly file: string; readonly size: number }> => {
  await run("npx", ["-y", "pnpm@12.21.0", "--filter", "@usher/relay", "run", "build"], { cwd: workspace })
  const packed = await run("npm", ["pack", "--json", "--pack-destination", directory], {
    cwd: join(workspace, "apps/relay/dist")
  })
  const [{ filename, size }] = JSON.parse(packed)
  return { file: join(directory, filename), size }
}

/** Starts the relay, and returns the URL of its dashboard once its log has it. */
const serve = (usher: string, cwd: string) => {
  const env = { ...process.env, SECRET: `whsec_${btoa("a secret for the check")}`, LOG_FORMAT: "json" }
  const relay = spawn(usher, ["serve", "--config", "usher.yaml"], { cwd, env })
  const ended = new Promise<number | null>((resolve) => relay.once("exit", resolve))
  const dashboard = new Promise<string>((resolve, reject) => {
    const printed: Array<string> = []
    createInterface(relay.stderr)
      .on("line", (line) => {
        printed.push(line)
        const [, url] = /dashboard and admin API: (http:\/\/[\d.:]+)/.exec(line) ?? []
        if (url !== undefined) resolve(url)
      })
      .on("close", () => reject(new Fault(`usher serve did not start:\n${printed.join("\n")}`)))
  })
  return { relay, dashboard, ended }
}

/** Installs the relay with the packages that it depends on, and runs its commands. */
export const checkRelay = async (tarballs: ReadonlyArray<Tarball>, scratch: string): Promise<string> => {
  const { file, size } = await packRelay(join(scratch, "tarballs"))
  const project = await makeProject(join(scratch, "relay"), [...tarballs.map(({ file }) => file), file])
  const usher = join(project, "node_modules/.bin/usher")
  const printed = (...args: ReadonlyArray<string>) => run(usher, args, { cwd: project })
  const example = readFileSync(join(workspace, "apps/relay/usher.example.yaml"), "utf8")
  expect(
    (await printed("config", "example")).trim() === example.trim(),
    "usher config example prints another file"
  )
  await printed("demo", "--once")
  writeFileSync(join(project, "usher.yaml"), configuration)
  const { relay, dashboard, ended } = serve(usher, project)
  try {
    const page = await fetch(await dashboard)
    expect(page.ok && (await page.text()).includes("<script"), `The dashboard answers with ${page.status}`)
    expect(existsSync(join(project, "usher.db")), "The relay made no database in its folder")
  } finally {
    relay.kill()
  }
  expect((await ended) === 0, "usher serve did not end with 0 after SIGTERM")
  return `${(await printed("--version")).trim()}; tarball ${kB(size)}`
}
