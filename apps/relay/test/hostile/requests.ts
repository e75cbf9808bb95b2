/** Requests as nobody should send them: the same ones for the same seed. */
import { DateTime, Effect } from "effect"
import { sign } from "@usher/signatures/testing"
import { brotliCompressSync, constants, deflateSync, gzipSync } from "node:zlib"
import { secrets, senders } from "../harness.ts"

/** What goes over the wire, in the pieces in which it goes. */
export interface Hostile {
  readonly pieces: ReadonlyArray<Uint8Array>
  /** How it is told apart when it does harm. */
  readonly kind: string
  /** The first request in it is a whole delivery that its sender has signed. */
  readonly signed?: { readonly body: Uint8Array; readonly plain: Uint8Array; readonly isEncoded: boolean }
}

export interface Chance {
  readonly upTo: (most: number) => number
  readonly of: <A>(choices: readonly [A, ...ReadonlyArray<A>]) => A
  readonly oneIn: (count: number) => boolean
  readonly bytes: (count: number) => Uint8Array
}

/** The generator mulberry32. */
export const chance = (seed: number): Chance => {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const upTo = (most: number) => Math.floor(next() * (most + 1))
  return {
    upTo,
    of: (choices) => choices[upTo(choices.length - 1)] ?? choices[0],
    oneIn: (count) => upTo(count - 1) === 0,
    bytes: (count) => Uint8Array.from({ length: count }, () => upTo(255))
  }
}

const sources = ["standard", "svix", "typeform", "token", "hmac"] as const

/** Paths to one of the sources, or to something else. */
export const paths = (random: Chance, sources: readonly [string, ...ReadonlyArray<string>]): string => {
  const source = random.of(sources)
  return random.of([
    `/webhooks/${source}`,
    `/webhooks/${source}/`,
    `/webhooks/${source}?${"a=b&".repeat(random.upTo(2_000))}`,
    `/webhooks/${source}%00`,
    `/webhooks/${source}/../../etc/passwd`,
    `//webhooks//${source}`,
    `/webhooks/${source};a=b`,
    `/WEBHOOKS/${source}`,
    "/webhooks/__proto__",
    "/webhooks/constructor",
    "/webhooks/toString",
    "/webhooks/%zz%",
    "/webhooks/%E0%A4%A",
    `/webhooks/${"x".repeat(random.upTo(9_000))}`,
    `/webhooks/${encodeURIComponent("\u202e\u0000\ud83d\ude00")}`,
    "/webhooks",
    "/webhooks/",
    "/",
    "*",
    "",
    "http://elsewhere.example/webhooks/token",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/webhooks",
    "/api/openapi.json",
    `/${"a/".repeat(random.upTo(400))}`,
    "/?hub.mode=subscribe&hub.challenge=<script>",
    "/webhooks/token#fragment",
    "/webhooks/t\u00f6ken"
  ])
}

export const methods = (random: Chance): string =>
  random.of([
    "POST",
    "POST",
    "POST",
    "GET",
    "HEAD",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "LINK",
    "QUERY",
    "post",
    "NONE",
    "P\u00d6ST",
    ""
  ])

export const headers = (random: Chance): string => {
  const long = "x".repeat(random.upTo(20_000))
  const sound = [
    `x-relay-secret: ${secrets.TOKEN_SECRET}`,
    `webhook-id: ${long}`,
    "webhook-timestamp: 99999999999999999999",
    "webhook-signature: v1,!!!! v1, v1a,AAAA v2,x",
    `typeform-signature: sha256=${long}`,
    "x-sheet-signature: v1=",
    "traceparent: 00-00000000000000000000000000000000-0000000000000000-ff",
    `traceparent: ${long}`,
    "content-type: application/json; charset=utf-16",
    "content-type: multipart/form-data",
    `content-type: multipart/form-data; boundary=${"-".repeat(300)}`,
    "content-type: application/x-www-form-urlencoded",
    "content-encoding: gzip",
    "expect: 100-continue",
    "__proto__: polluted",
    "constructor: polluted",
    "x-forwarded-for: 1.2.3.4, , unknown, 999.1.1.1, ::ffff:1.2.3.4",
    "x-forwarded-proto: gopher",
    "cookie: a=b; a=b; =;",
    "authorization: Bearer \u00ff",
    "range: bytes=0-",
    "accept-encoding: *;q=9",
    `x-many: ${"a,".repeat(random.upTo(5_000))}`
  ] as const
  const broken = [
    "content-type: \u0001\u0002",
    "expect: miracles",
    "upgrade: websocket\r\nconnection: upgrade",
    "host: [::1",
    "host: a\r\nhost: b",
    " folded: line\r\n  goes on",
    "no colon in this line",
    ": no name",
    "n\u00e4me: value",
    "cookie: \u0000"
  ] as const
  const count = random.upTo(8)
  const chosen: Array<string> = Array.from({ length: count }, () => random.of(sound))
  if (random.oneIn(4)) chosen.push(random.of(broken))
  if (random.oneIn(20)) chosen.push(...Array.from({ length: 300 }, (_, at) => `x-${at}: ${at}`))
  return chosen.map((line) => `${line}\r\n`).join("")
}

const encoder = new TextEncoder()
const text = (value: string): Uint8Array => encoder.encode(value)

const depth = (random: Chance) => 10 ** random.upTo(5)

/** Bodies that are hard to read, some of them JSON. */
export const bodies = (random: Chance): Uint8Array => {
  const many = depth(random)
  return random.of<() => Uint8Array>([
    () => text("[".repeat(many)),
    () => text("[".repeat(many) + "]".repeat(many)),
    () => text(`${'{"a":'.repeat(many)}1${"}".repeat(many)}`),
    () =>
      text(`{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"email":"a@b.cd"}`),
    () => text(`{"people":[{"__proto__":{"email":"a@b.cd"}}],"toString":null,"hasOwnProperty":1}`),
    () => text(`{${'"email":"a@b.cd",'.repeat(Math.min(many, 10_000))}"email":"last@b.cd"}`),
    () => text(`{"people":[${'{"email":"a@b.cd"},'.repeat(Math.min(many, 300))}{"email":1e999}]}`),
    () => text(`{"people":{"email":"${"a".repeat(many)}@example.com"}}`),
    () => text(`{"people":{"email":"\\ud800 \\u0000 \\udfff@example.com"}}`),
    () => text(`{"n":${"9".repeat(many)}}`),
    () => text(`"${"\\u0000".repeat(Math.min(many, 10_000))}"`),
    () => text("null"),
    () => text("\ufeff{}"),
    () => text("name=alice&name=bob&__proto__=1&%=%&a[b][c]=d"),
    () => text(`--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n${"b".repeat(many)}`),
    () => new Uint8Array(Buffer.from('{"email":"a@b.cd"}', "utf16le")),
    () => Uint8Array.of(0xff, 0xfe, 0xc0, 0xaf, 0xed, 0xa0, 0x80, 0x22, 0x00),
    () => random.bytes(random.upTo(2_000)),
    () => new Uint8Array(random.upTo(3) === 0 ? 2 ** 20 + 1 : random.upTo(200_000)),
    () => new Uint8Array()
  ])()
}

const length = (random: Chance, body: Uint8Array): string => {
  if (!random.oneIn(4)) return `content-length: ${body.length}`
  return random.of([
    `content-length: ${body.length + 100}`,
    `content-length: ${Math.max(0, body.length - 1)}`,
    `content-length: ${body.length}\r\ncontent-length: ${body.length + 1}`,
    "content-length: -1",
    "content-length: abc",
    "content-length: 99999999999999999999",
    "transfer-encoding: chunked",
    "transfer-encoding: chunked, identity",
    `transfer-encoding: chunked\r\ncontent-length: ${body.length}`,
    "x-no-length: here"
  ])
}

const chunked = (random: Chance, body: Uint8Array): ReadonlyArray<Uint8Array> =>
  random.of<ReadonlyArray<Uint8Array>>([
    [text(`${body.length.toString(16)}\r\n`), body, text("\r\n0\r\n\r\n")],
    [text("ffffffffffffffff\r\n"), body],
    [text("-5\r\n"), body],
    [text("zz\r\n\r\n")],
    [text(`1;${"e".repeat(20_000)}\r\nx\r\n0\r\n\r\n`)],
    [text("0\r\nx-trailer: late\r\n\r\n")],
    [body]
  ])

/** A request on the wire, more or less. */
export const request = (
  random: Chance,
  among: readonly [string, ...ReadonlyArray<string>] = sources
): Hostile => {
  const [method, path] = [methods(random), paths(random, among)]
  const body = bodies(random)
  const declared = length(random, body)
  const version = random.oneIn(8) ? random.of(["HTTP/1.0", "HTTP/9.9", "HTTQ/1.1", ""]) : "HTTP/1.1"
  const end = random.oneIn(10) ? random.of(["\n", "\r"]) : "\r\n"
  const host = random.oneIn(10) ? "" : `host: localhost${end}`
  const head = text(`${method} ${path} ${version}${end}${host}${headers(random)}${declared}${end}${end}`)
  const rest = declared.includes("chunked") ? chunked(random, body) : [body]
  const pieces = [head, ...rest]
  // Some stop in the middle.
  const sent = random.oneIn(8) ? pieces.map((piece) => piece.subarray(0, random.upTo(piece.length))) : pieces
  return { kind: `${method} ${path.slice(0, 60)} ${declared.slice(0, 60)}`, pieces: sent }
}

export const types = [
  "application/json",
  "application/json; charset=utf-16le",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "multipart/form-data",
  "text/plain",
  "text/plain; charset=nonsense"
] as const

const encodings: Readonly<Record<string, (body: Uint8Array) => Uint8Array>> = {
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }),
  "gzip, br": (body) => encodings["br"]?.(gzipSync(body)) ?? body,
  identity: (body) => body
}

/** Signed bodies that were sent before: a sender sends some of them again. */
const sent: Array<Hostile> = []

/** What is signed rightly: some of it under an id that was used before, some compressed, some sent again as it was. */
const verified = (random: Chance): Hostile => {
  const before = sent[random.upTo(sent.length)]
  if (random.oneIn(4) && before !== undefined) return before
  const source = random.of(sources)
  const id = `delivery-${random.upTo(60)}`
  const plain = random.oneIn(3)
    ? text(JSON.stringify({ event_id: id, email: `p${random.upTo(99)}@example.com` }))
    : bodies(random)
  const encoding = random.oneIn(3) ? random.of(["gzip", "deflate", "br", "gzip, br", "identity"]) : undefined
  const compressed = encoding === undefined ? plain : (encodings[encoding]?.(plain) ?? plain)
  const [signer, secret] = senders[source]
  const signed = Effect.runSync(
    sign(signer, {
      secret,
      id,
      at: DateTime.makeUnsafe(Date.now()),
      url: `http://127.0.0.1:8787/webhooks/${source}`,
      // A sender signs what it sends, or what it has compressed.
      body: random.oneIn(2) ? compressed : plain,
      headers: {
        "content-type": random.of(types),
        ...(source === "hmac" ? { "x-delivery-id": id } : {}),
        ...(encoding === undefined ? {} : { "content-encoding": encoding }),
        ...(random.oneIn(8) ? { connection: "upgrade", upgrade: "h2c" } : {})
      }
    })
  )
  const { pathname, search } = new URL(signed.url)
  const head = [
    `POST ${pathname}${search} HTTP/1.1`,
    "host: localhost",
    ...Object.entries(signed.headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${compressed.length}`
  ]
  const at = random.upTo(compressed.length)
  const one: Hostile = {
    kind: `signed ${source} ${encoding ?? "plain"}`,
    // In two pieces, for a slow sender.
    pieces: [text(`${head.join("\r\n")}\r\n\r\n`), compressed.subarray(0, at), compressed.subarray(at)],
    signed: { body: compressed, plain, isEncoded: encoding !== undefined }
  }
  if (sent.length < 100) sent.push(one)
  return one
}

/** No HTTP at all. */
const noise = (random: Chance): Hostile => ({
  kind: "noise",
  pieces: [
    random.of([
      random.bytes(random.upTo(3_000)),
      text("\r\n".repeat(random.upTo(5_000))),
      // TLS, HTTP/2 and SOCKS knock.
      Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03),
      text("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      Uint8Array.of(0x05, 0x01, 0x00),
      text(`GET ${"/".repeat(70_000)}`)
    ])
  ]
})

export const hostile = (random: Chance): Hostile => {
  if (random.oneIn(12)) return noise(random)
  if (random.oneIn(4)) return verified(random)
  if (random.oneIn(10)) {
    // Node ends a connection at the first request that it can't read, before it has sent the answers to those before it.
    const [first, second] = random.oneIn(2)
      ? [verified(random), verified(random)]
      : [request(random), request(random)]
    return {
      ...first,
      kind: `pipelined ${first.kind}, ${second.kind}`,
      pieces: [...first.pieces, ...second.pieces]
    }
  }
  return request(random)
}
