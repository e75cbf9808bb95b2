/** The files in `deploy`, judged by what does not need a Docker engine. */
import { describe, expect, it } from "@effect/vitest"
import { validate } from "dockerfile-utils"
import { Effect, FileSystem } from "effect"
import { Yaml } from "effect/encoding"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { configuration, deliver, folder, isolated, load, secrets, serve } from "./harness.ts"
import { usher } from "./inProcess.ts"

const read = (file: string) =>
  FileSystem.FileSystem.use((fs) =>
    fs.readFileString(fileURLToPath(new URL(`../../../${file}`, import.meta.url)))
  )

const dockerfile = read("deploy/Dockerfile")
const compose = Effect.map(read("deploy/compose.yaml"), (text) => Object(Yaml.parse(text)))

/** Every directive of the unit with its values, by section. */
const unit = Effect.map(read("deploy/usher.service"), (text) => {
  const found: Record<string, Record<string, ReadonlyArray<string>>> = {}
  let section: Record<string, ReadonlyArray<string>> = {}
  for (const line of text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))) {
    const [, name] = /^\[(.+)\]$/.exec(line) ?? []
    if (name !== undefined) {
      section = found[name] = {}
      continue
    }
    const [key = "", ...value] = line.split("=")
    section[key] = [...(section[key] ?? []), value.join("=")]
  }
  return found
})

describe("deploy", () => {
  it.effect(
    "the Dockerfile is valid, and runs as nobody in particular on the workspace's Node and pnpm",
    () =>
      Effect.gen(function* () {
        const text = yield* dockerfile
        expect(validate(text)).toEqual([])
        expect(text.match(/^USER .*/gm)).toEqual(["USER node"])
        const { nodeVersion } = Object(Yaml.parse(yield* read("pnpm-workspace.yaml")))
        expect(new Set(text.match(/^FROM node:[\d.]+/gm))).toEqual(new Set([`FROM node:${nodeVersion}`]))
        const [pnpm] = (yield* read("README.md")).match(/pnpm@[\d.]+/) ?? []
        expect(new Set(text.match(/pnpm@[\d.]+/g))).toEqual(new Set([pnpm]))
      }).pipe(isolated)
  )

  it.effect("the compose file has every secret and volume that its services name", () =>
    Effect.gen(function* () {
      const file = yield* compose
      const named = Object.values(file.services).flatMap((service) => Object(service).secrets)
      expect(new Set(named)).toEqual(new Set(Object.keys(file.secrets)))
    }).pipe(isolated)
  )

  it.effect("the configuration beside it is valid once its secrets are there", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      const folder = yield* fs.makeTempDirectoryScoped({ prefix: "usher-test-" })
      for (const secret of Object.keys((yield* compose).secrets)) {
        yield* fs.writeFileString(`${folder}/${secret}`, "secret-of-a-test\n")
      }
      const text = (yield* read("deploy/usher.yaml")).replaceAll("/run/secrets/", `${folder}/`)
      yield* fs.writeFileString(`${folder}/usher.yaml`, text)
      const config = yield* load(`${folder}/usher.yaml`)
      expect(config.database).toMatchObject({ kind: "postgres", url: "postgres://usher@postgres/usher" })
      expect([...config.relay.sources.keys()]).toEqual(["webinar-form"])
    }).pipe(isolated)
  )

  it.effect("the unit restarts, reloads, and gives the relay no right that it does not need", () =>
    Effect.gen(function* () {
      const file = yield* unit
      const node = "/usr/bin/node --disable-sigusr1"
      expect(file).toEqual({
        Unit: {
          Description: ["Usher, webhooks to invitations"],
          Documentation: ["file:///opt/usher/docs/operations.md"],
          Wants: ["network-online.target"],
          After: ["network-online.target"],
          StartLimitIntervalSec: ["0"]
        },
        Service: {
          Type: ["exec"],
          ExecStart: [`${node} /opt/usher/apps/relay/src/main.ts serve --config /etc/usher/usher.yaml`],
          ExecReload: ["/bin/kill -HUP $MAINPID"],
          LoadCredential: ["meltingspot_secret_key", "typeform_secret"].map(
            (name) => `${name}:/etc/usher/secrets/${name}`
          ),
          EnvironmentFile: ["-/etc/usher/usher.env"],
          Environment: ["NODE_ENV=production"],
          Restart: ["always"],
          RestartSec: ["2"],
          TimeoutStopSec: ["15"],
          KillMode: ["mixed"],
          DynamicUser: ["yes"],
          StateDirectory: ["usher"],
          StateDirectoryMode: ["0700"],
          WorkingDirectory: ["/var/lib/usher"],
          UMask: ["0077"],
          LimitNOFILE: ["65536"],
          LimitCORE: ["0"],
          MemoryMax: ["1G"],
          OOMScoreAdjust: ["-200"],
          CapabilityBoundingSet: [""],
          AmbientCapabilities: [""],
          NoNewPrivileges: ["yes"],
          ProtectSystem: ["strict"],
          ProtectHome: ["yes"],
          PrivateTmp: ["yes"],
          PrivateDevices: ["yes"],
          PrivateUsers: ["yes"],
          PrivateMounts: ["yes"],
          ProtectClock: ["yes"],
          ProtectHostname: ["yes"],
          ProtectKernelLogs: ["yes"],
          ProtectKernelModules: ["yes"],
          ProtectKernelTunables: ["yes"],
          ProtectControlGroups: ["yes"],
          ProtectProc: ["invisible"],
          ProcSubset: ["pid"],
          RestrictAddressFamilies: ["AF_INET AF_INET6 AF_UNIX"],
          RestrictNamespaces: ["yes"],
          RestrictRealtime: ["yes"],
          RestrictSUIDSGID: ["yes"],
          LockPersonality: ["yes"],
          RemoveIPC: ["yes"],
          SystemCallArchitectures: ["native"],
          SystemCallFilter: ["@system-service", "~@privileged @resources"],
          SystemCallErrorNumber: ["EPERM"]
        },
        Install: { WantedBy: ["multi-user.target"] }
      })
    }).pipe(isolated)
  )

  it.live("Node has the flags that the unit and the image give it, and no signal opens an inspector", () =>
    Effect.gen(function* () {
      const { ExecStart: [command = ""] = [] } = (yield* unit)["Service"] ?? {}
      const entry = (yield* dockerfile).match(/^ENTRYPOINT .*/m)?.[0] ?? ""
      const [, ...flags] = command.split(" ").filter((word) => word.startsWith("--") || word.endsWith("node"))
      const given = flags.filter((flag) => flag !== "--config")
      expect(given).toEqual(["--disable-sigusr1"])
      expect(entry).toContain('["node", "--disable-sigusr1",')
      const script = "setTimeout(() => {}, 300); process.kill(process.pid, 'SIGUSR1')"
      const said = (...flags: ReadonlyArray<string>) =>
        spawnSync(process.execPath, [...flags, "--eval", script]).stderr.toString()
      expect(said()).toContain("Debugger listening")
      expect(said(...given)).toBe("")
    }).pipe(isolated)
  )

  it.live("the relay loads none of the packages that the image leaves out", () =>
    Effect.gen(function* () {
      const unused = (yield* read("deploy/unused-packages")).trim().split("\n")
      expect(unused).toEqual(["@redis", "@types", "redis", "undici-types"])
      // Only demo and selftest need the emulated MeltingSpot.
      const unwanted = [...unused, "@usher/sandbox"]
      const hook = `import { registerHooks } from "node:module"
        const unused = ${JSON.stringify(unwanted)}
        registerHooks({ resolve(name, context, next) {
          if (unused.some((one) => name === one || name.startsWith(one + "/"))) throw new Error("loads " + name)
          return next(name, context)
        } })`
      const env = { ...secrets, NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(hook)}` }
      const home = yield* folder(configuration("http://127.0.0.1:1"))
      const relay = yield* serve(home, env)
      expect(yield* deliver(relay.url, "svix", { email: "a@example.com" })).toMatchObject({ status: 202 })
      expect(yield* usher(["check"], { cwd: home.path, env })).toMatchObject({ code: 0 })
      // The hook works.
      const probe = ["--input-type=module", "--eval", 'await import("redis")']
      const { stderr } = spawnSync(process.execPath, probe, { env: { ...process.env, ...env } })
      expect(stderr.toString()).toContain("loads redis")
    }).pipe(isolated)
  )
})
