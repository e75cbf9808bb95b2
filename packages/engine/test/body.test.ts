import { describe, expect, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { decode } from "../src/internal/body.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

const read = (contentType: string | undefined, body: string | Uint8Array) =>
  decode({ "content-type": contentType }, typeof body === "string" ? bytes(body) : body)

const urlencoded = "application/x-www-form-urlencoded"

const parts = (fields: ReadonlyArray<readonly [head: string, value: string]>) =>
  [
    ...fields.map(([head, value]) => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`),
    "--b--\r\n"
  ].join("")

const Type = Schema.Union([
  Schema.Literals(["application/json", urlencoded, "multipart/form-data; boundary=b", "text/html"]),
  Schema.String
])

const Piece = Schema.Union([
  Schema.Uint8Array,
  Schema.Literals([
    "--b",
    "\r\n",
    "\r\n--b--",
    "Content-Disposition: form-data; name=",
    '"',
    "{",
    "%",
    "=",
    "&"
  ])
])

const bytesOf = (piece: typeof Piece.Type) => (typeof piece === "string" ? bytes(piece) : piece)

describe("a body", () => {
  it("is JSON by any type that is no form's, and without one", () => {
    for (const type of [
      "application/json",
      "application/vnd.api+json; charset=utf-8",
      "text/plain",
      undefined
    ]) {
      expect(read(type, '{"email":"alice@example.com"}')).toEqual(
        Result.succeed({ email: "alice@example.com" })
      )
    }
    expect(read("application/json", "\uFEFF[1]")).toEqual(Result.succeed([1]))
  })

  it("is a form, with the names of its fields as they are written and all values of one that comes twice", () => {
    expect(read(urlencoded, "type=subscribe&data%5Bemail%5D=alice%40example.com&tag=a&tag=b&tag=c")).toEqual(
      Result.succeed({ type: "subscribe", "data[email]": "alice@example.com", tag: ["a", "b", "c"] })
    )
  })

  it("is JSON that curl calls a form", () => {
    expect(read(urlencoded, ' {"email":"a+b@example.com"}')).toEqual(
      Result.succeed({ email: "a+b@example.com" })
    )
  })

  it("is a form in parts, of which a file is its name and Jotform's answers are read", () => {
    const rawRequest = JSON.stringify({ q3_email: "alice@example.com" })
    expect(
      read(
        "multipart/form-data; boundary=b",
        parts([
          ['name="formID"', "1"],
          ['name="rawRequest"', rawRequest],
          ['name="photo"; filename="me.png"\r\nContent-Type: image/png', "\u0000\u0001"],
          ['name="text"', 'Content-Disposition: form-data; name="email"\r\n\r\nno address'],
          ['name="umlaut"', "ä"]
        ])
      )
    ).toEqual(
      Result.succeed({
        formID: "1",
        rawRequest: { q3_email: "alice@example.com" },
        photo: "me.png",
        text: 'Content-Disposition: form-data; name="email"\r\n\r\nno address',
        umlaut: "ä"
      })
    )
    expect(read(urlencoded, "rawRequest=no+JSON&pretty=%7B%7D")).toEqual(
      Result.succeed({ rawRequest: "no JSON", pretty: "{}" })
    )
  })

  it("that can't be read says why and quotes nothing", () => {
    const multipart = "multipart/form-data; boundary=b"
    for (const [type, body, reason] of [
      ["application/json", "", "the body is empty"],
      ["application/json", '{"email":"alice@example.com"', "the body is not JSON"],
      ["application/json", Uint8Array.of(0x22, 0xff, 0x22), "the body is not UTF-8"],
      ["application/xml", "<alice/>", "the body is neither JSON nor a form but application/xml"],
      ["alice@example.com", "no", "the body is not JSON"],
      ["multipart/form-data", "--b--", "the body is a form in parts, but its content type names no boundary"],
      [
        'multipart/form-data; boundary=""',
        "--b=\r\n--b--\u0000=",
        "the body is a form in parts that can't be read"
      ],
      [multipart, "--b\r\nContent-Dis", "the body is a form in parts that ends before its last boundary"],
      [
        multipart,
        "--b\r\nContent-Disposition: form-data\r\n\r\nalice\r\n--b--\r\n",
        "a part of the body has no name"
      ],
      [multipart, "--b\r\n:\r\n\r\nalice\r\n--b--\r\n", "a part of the body has headers that can't be read"],
      [
        multipart,
        parts(Array.from({ length: 10_001 }, () => ['name="a"', ""])),
        "the body has too many parts"
      ]
    ] as const) {
      expect(read(type, body)).toEqual(Result.fail(reason))
    }
  })

  it("is told apart from what can't be read at all, which the parser of forms throws on", () => {
    expect(Result.isFailure(read("multipart/form-data; boundary=b", "--b&\r\n--b--"))).toBe(true)
  })

  it.effect.prop(
    "of any bytes and any type is read or refused, and never throws",
    [Type, Schema.Array(Piece)],
    ([type, pieces]) =>
      Effect.sync(() => expect(Result.isResult(read(type, Buffer.concat(pieces.map(bytesOf))))).toBe(true)),
    { arbitrary: { runs: 2000 } }
  )

  it("never changes a prototype", () => {
    const form = Result.getOrThrow(read(urlencoded, "__proto__=x&constructor=y"))
    const json = Result.getOrThrow(read("application/json", '{"__proto__":{"email":"alice@example.com"}}'))
    for (const value of [form, json]) {
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
      expect(Object.keys(Object(value))).toContain("__proto__")
    }
  })

  it("may be nested 100,000 deep", () => {
    expect(Result.isSuccess(read("application/json", "[".repeat(100_000) + "]".repeat(100_000)))).toBe(true)
    expect(read("application/json", "[".repeat(100_000))).toEqual(Result.fail("the body is not JSON"))
  })
})
