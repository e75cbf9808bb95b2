/** A certificate authority of a test's own, and the certificates that it signs. */
import { Effect, FileSystem } from "effect"
import { execFileSync } from "node:child_process"

const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]

/** Its files go with the scope. Needs OpenSSL 3. */
export const authority = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = yield* fs.makeTempDirectoryScoped({ prefix: "usher-tls-" })
  const openssl = (...args: ReadonlyArray<string>) =>
    execFileSync("openssl", args, { cwd: path, stdio: "pipe" })
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-subj",
    "/CN=Authority of a test",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem"
  )

  /** For these names, such as `DNS:localhost,IP:127.0.0.1`. */
  const certify = Effect.fnUntraced(function* (names: string) {
    const subject = ["-subj", "/CN=Server of a test", "-addext", `subjectAltName=${names}`]
    const leaf = ["-addext", "basicConstraints=critical,CA:FALSE"]
    openssl(
      "req",
      "-x509",
      ...newKey,
      "-CA",
      "ca.pem",
      "-CAkey",
      "ca.key",
      ...subject,
      ...leaf,
      "-keyout",
      "key",
      "-out",
      "cert"
    )
    return { key: yield* fs.readFileString(`${path}/key`), cert: yield* fs.readFileString(`${path}/cert`) }
  })
  return { ca: `${path}/ca.pem`, certify }
})
