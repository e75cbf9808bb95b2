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

  /** One that was valid in 2020 alone. */
  const expired = Effect.fnUntraced(function* (names: string) {
    const request = ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl(...request, "-subj", "/CN=Server of a test", "-keyout", "old.key", "-out", "old.csr")
    yield* fs.writeFileString(`${path}/index.txt`, "")
    yield* fs.writeFileString(`${path}/serial`, "01")
    yield* fs.writeFileString(
      `${path}/ca.cnf`,
      `[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=${names}\n`
    )
    const authority = ["-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-batch", "-notext"]
    const dates = ["-startdate", "20200101000000Z", "-enddate", "20201231000000Z"]
    openssl("ca", ...authority, ...dates, "-in", "old.csr", "-out", "old.pem")
    return {
      key: yield* fs.readFileString(`${path}/old.key`),
      cert: yield* fs.readFileString(`${path}/old.pem`)
    }
  })
  return { ca: `${path}/ca.pem`, pem: yield* fs.readFileString(`${path}/ca.pem`), certify, expired }
})
