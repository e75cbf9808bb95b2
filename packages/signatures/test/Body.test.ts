import { describe, expect, it } from "@effect/vitest"
import { Effect, Result, Schema } from "effect"
import { decode, toJson } from "../src/Body.ts"
import { parse as parseJson } from "../src/ExactJson.ts"
import { formField, jsonOf, valuesAt } from "../src/internal/body.ts"

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

  // Node 24 before 24.22.1 takes the second name for the first one: https://github.com/nodejs/node/issues/63785.
  it("has each name as written, also one with an escape after one with a backslash", () => {
    for (const name of ["f\\", "f\t", "f\0", 'f"']) {
      expect(read("application/json", JSON.stringify({ a: "", [name]: "" }))).toEqual(
        Result.succeed({ a: "", [name]: "" })
      )
    }
  })

  it("never changes a prototype", () => {
    const form = Result.getOrThrow(read(urlencoded, "__proto__=x&constructor=y"))
    const json = Result.getOrThrow(read("application/json", '{"__proto__":{"email":"alice@example.com"}}'))
    for (const value of [form, json]) {
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
      expect(Object.keys(Object(value))).toContain("__proto__")
    }
  })

  it("may be nested 5,000 levels deep, and more if it is small", () => {
    const long = `"${"a".repeat(65_536)}"`
    const nested = (levels: number, inner = "") => "[".repeat(levels) + inner + "]".repeat(levels)
    expect(Result.isSuccess(read("application/json", nested(30_000)))).toBe(true)
    expect(Result.isSuccess(read("application/json", nested(5_000, long)))).toBe(true)
    const tooDeep = Result.fail("the JSON of the body is nested too deeply")
    expect(read("application/json", nested(5_001, long))).toEqual(tooDeep)
    expect(read(urlencoded, nested(5_001, `"=",${long}`))).toEqual(tooDeep)
    expect(read("application/json", "[".repeat(30_000))).toEqual(Result.fail("the body is not JSON"))
  })
})

describe("an integer of a body", () => {
  it("keeps its digits as a string where a double would round it", () => {
    const written =
      '{"id":813683310949021977,"all":[1e400,1e25,-9007199254740993,9007199254740993.0,900719925474099.3e1]}'
    expect(parseJson(written)).toEqual({
      id: "813683310949021977",
      all: ["1e400", "1e25", "-9007199254740993", "9007199254740993.0", "900719925474099.3e1"]
    })
    expect(decode({}, bytes(written))).toEqual(Result.succeed(parseJson(written)))
  })

  it("stays a number where it is exact", () => {
    expect(parseJson("[-0,0.1,12,1e3,1E+2,9007199254740991,-9007199254740991,1e-7,0.5]")).toEqual([
      -0, 0.1, 12, 1000, 100, 9007199254740991, -9007199254740991, 1e-7, 0.5
    ])
  })

  it("is told from digits in a text and in a name", () => {
    const written = String.raw`{"9007199254740993":"9007199254740993","a\\":"\"9007199254740993","b\"":9007199254740993}`
    expect(parseJson(written)).toEqual({
      "9007199254740993": "9007199254740993",
      "a\\": '"9007199254740993',
      'b"': "9007199254740993"
    })
  })

  it("makes nothing JSON that is not", () => {
    for (const text of [
      "{9007199254740993:1}",
      "[9007199254740993",
      "09007199254740993",
      "9007199254740993n"
    ]) {
      expect(() => parseJson(text)).toThrow(SyntaxError)
    }
  })

  it("is exact at any depth", () => {
    const deep = `${"[".repeat(100_000)}9007199254740993${"]".repeat(100_000)}`
    let value = parseJson(deep)
    while (Array.isArray(value)) value = value[0]
    expect(value).toBe("9007199254740993")
  })

  it("names a delivery by all of its digits", () => {
    const ids = ["813683310949021977", "813683310949021978"]
    expect(ids.map((id) => valuesAt(jsonOf(bytes(`{"event":{"ids":[${id},7]}}`)), "event.ids.*"))).toEqual(
      ids.map((id) => [id, "7"])
    )
  })
})

describe("a value at a path", () => {
  const json = { items: [{ id: "a" }, { id: "b" }], length: { id: "c" } }

  it("may stand in an array, at a number", () => {
    expect(valuesAt(json, "items.1.id")).toEqual(["b"])
    expect(valuesAt(json, "length.id")).toEqual(["c"])
  })

  it("is none where the array ends before, and an array has no names", () => {
    expect(valuesAt(json, "items.2.id")).toEqual([])
    expect(valuesAt(json, "items.length")).toEqual([])
  })

  it("is none in a body that is not well-formed, where two ids would become one", () => {
    expect(jsonOf(Buffer.from([...bytes('{"id":"'), 0xff, ...bytes('"}')]))).toBeUndefined()
    expect(jsonOf(bytes('\uFEFF{"id":1}'))).toEqual({ id: 1 })
  })
})

describe("the charset of a body", () => {
  const utf16 = (text: string) => Buffer.from(text, "utf16le")

  it("is the one of its content type", () => {
    expect(read("application/json; charset=iso-8859-1", Buffer.from('{"name":"Jörg"}', "latin1"))).toEqual(
      Result.succeed({ name: "Jörg" })
    )
    expect(read('application/json; charset="Windows-1252"', Buffer.of(0x22, 0x80, 0x22))).toEqual(
      Result.succeed("€")
    )
    expect(read("application/json;charset=utf-16le", utf16('["ä"]'))).toEqual(Result.succeed(["ä"]))
  })

  it("is UTF-8 without one, and what a byte order mark says before both", () => {
    expect(read("application/json", bytes('["ä"]'))).toEqual(Result.succeed(["ä"]))
    expect(read("application/json", utf16('\uFEFF["ä"]'))).toEqual(Result.succeed(["ä"]))
    expect(read("application/json", utf16('\uFEFF["ä"]').swap16())).toEqual(Result.succeed(["ä"]))
    expect(read("application/json; charset=latin1", bytes('\uFEFF["ä"]'))).toEqual(Result.succeed(["ä"]))
  })

  it("that is not known, or that the bytes are not in, is the reason", () => {
    expect(read("application/json; charset=klingon", "{}")).toEqual(
      Result.fail("the charset klingon is not known")
    )
    expect(read(`application/json; charset="<b>"`, "{}")).toEqual(
      Result.fail("the charset of the content type is not known")
    )
    expect(read("application/json; charset=utf-16le", Buffer.of(0x00, 0xd8))).toEqual(
      Result.fail("the body is not UTF-16LE")
    )
  })
})

describe("a urlencoded form is read as the URL standard says:", () => {
  const cases: ReadonlyArray<[name: string, body: string | Uint8Array, fields: unknown, type?: string]> = [
    ["a leading ? belongs to the name", "?a=1&b=2", { "?a": "1", b: "2" }],
    ["invalid UTF-8 becomes U+FFFD", "a=%ff&b=2", { a: "\uFFFD", b: "2" }],
    ["invalid UTF-8 that is not escaped, too", Buffer.of(0x61, 0x3d, 0xff), { a: "\uFFFD" }],
    ["+ is a space, %2B is not", "a+b=c%2Bd", { "a b": "c+d" }],
    ["a % without two digits stays", "a=100%&b=%4&c=%zz", { a: "100%", b: "%4", c: "%zz" }],
    ["only the first = divides", "a=b=c&d&=e", { a: "b=c", d: "", "": "e" }],
    ["empty pieces are none", "&&a=1&", { a: "1" }],
    [
      "the charset is that of the escaped bytes",
      "a=%E4%80",
      { a: "ä€" },
      `${urlencoded}; charset=windows-1252`
    ],
    ["UTF-8 by its name", "a=%C3%A4", { a: "ä" }, `${urlencoded};charset=UTF-8`],
    [
      "one in UTF-16 is read as its text",
      Buffer.from("a=ä", "utf16le"),
      { a: "ä" },
      `${urlencoded}; charset=utf-16`
    ],
    [
      "what begins like JSON and is a form is a form",
      "[email]=a%40b.cd&{x}=1",
      { "[email]": "a@b.cd", "{x}": "1" }
    ],
    ["JSON with a = is JSON", '{"url":"https://a.b/?c=d"}', { url: "https://a.b/?c=d" }]
  ]

  it.each(cases)("%s", (_, body, fields, type = urlencoded) => {
    expect(read(type, body)).toEqual(Result.succeed(fields))
  })

  it("too many fields are refused", () => {
    expect(read(urlencoded, "a&".repeat(10_000))).toMatchObject({ _tag: "Success" })
    expect(read(urlencoded, "a&".repeat(10_001))).toEqual(Result.fail("the body has too many fields"))
  })

  it.effect.prop(
    "what the platform writes is read back",
    [Schema.Array(Schema.Tuple([Schema.String, Schema.String]))],
    ([pairs]) =>
      Effect.sync(() => {
        const written = new URLSearchParams(pairs.map(([name, value]) => [`f${name}`, value]))
        const record = Object.fromEntries(
          [...Map.groupBy(written, ([name]) => name)].map(([name, all]) => {
            const values = all.map(([, value]) => value)
            return [name, values.length === 1 ? values[0] : values]
          })
        )
        const found = read(urlencoded, String(written))
        expect(found).toEqual(pairs.length === 0 ? Result.fail("the body is empty") : Result.succeed(record))
      }),
    { arbitrary: { runs: 500 } }
  )
})

describe("a field of a form", () => {
  const multipartType = "multipart/form-data; boundary=b"

  it("of type application/octet-stream without a file name keeps its value", () => {
    const body = parts([
      ['name="email"\r\nContent-Type: application/octet-stream', "alice@example.com"],
      ['name="file"; filename="a.bin"\r\nContent-Type: application/octet-stream', "bytes"]
    ])
    expect(read(multipartType, body)).toEqual(Result.succeed({ email: "alice@example.com", file: "a.bin" }))
  })

  it("has the charset of its part, else that of the form", () => {
    const latin1 = (text: string) => Buffer.from(text, "latin1")
    const named = parts([['name="a"\r\nContent-Type: text/plain; charset=iso-8859-1', "ä"]])
    expect(read(multipartType, latin1(named))).toEqual(Result.succeed({ a: "ä" }))
    const whole = parts([
      ['name="a"', "ä"],
      ['name="_charset_"', "iso-8859-1"]
    ])
    expect(read(multipartType, latin1(whole))).toEqual(Result.succeed({ a: "ä", _charset_: "iso-8859-1" }))
    const unknown = parts([['name="a"\r\nContent-Type: text/plain; charset=klingon', "x"]])
    expect(read(multipartType, unknown)).toEqual(Result.fail("the charset klingon is not known"))
  })

  it("named payload or rawRequest is read where it is JSON, with exact integers", () => {
    const payload = '{"action":"opened","id":813683310949021977}'
    expect(read(urlencoded, `payload=${encodeURIComponent(payload)}&other=%7B%7D`)).toEqual(
      Result.succeed({ payload: { action: "opened", id: "813683310949021977" }, other: "{}" })
    )
    expect(read(urlencoded, "payload=12&payload=text")).toEqual(Result.succeed({ payload: ["12", "text"] }))
  })

  it.each([
    [urlencoded, "a=1&email=alice%40example.com&email=b"],
    [
      multipartType,
      parts([
        ['name="a"', "1"],
        ['name="email"', "alice@example.com"]
      ])
    ]
  ])("is found in %s", (type, body) => {
    const delivery = {
      method: "POST",
      url: "https://a.b/",
      headers: { "content-type": type },
      body: bytes(body)
    }
    const read = type.startsWith("multipart/") ? "multipart/form-data" : "application/x-www-form-urlencoded"
    expect(formField(delivery, "email", read)).toBe("alice@example.com")
    expect(formField(delivery, "nobody", read)).toBeUndefined()
    expect(formField(delivery, "email", "application/json")).toBeUndefined()
  })
})

describe("a body as JSON text", () => {
  const toText = (type: string, body: string) =>
    Result.getOrThrow(toJson({ "content-type": type }, bytes(body)))

  it("is its own text", () => {
    expect(toText("application/json", ' {"id": 813683310949021977}')).toBe(' {"id": 813683310949021977}')
  })

  it("is an object of a form's fields, in which JSON keeps its digits", () => {
    const payload = '{"id": 813683310949021977}'
    expect(toText(urlencoded, `a=1&a=%22&payload=${encodeURIComponent(payload)}`)).toBe(
      `{"a":["1","\\""],"payload":${payload}}`
    )
  })

  it("is made of JSON in a field, which is text if it is nested too deeply", () => {
    const ofField = (deep: string) => toText(urlencoded, `payload=${deep}`)
    const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels)
    expect(ofField(nested(30_000))).toBe(`{"payload":${nested(30_000)}}`)
    expect(ofField(nested(50_000))).toBe(`{"payload":"${nested(50_000)}"}`)
  })
})

it("costs time in proportion to its length, whatever stands in it", () => {
  const kinds: ReadonlyArray<[type: string, body: (length: number) => string]> = [
    ["application/json", (n) => `["${"\\\\".repeat(n)}",9007199254740993]`],
    ["application/json", (n) => `[${"9007199254740993,".repeat(n / 16)}1]`],
    ["application/json", (n) => `["${"e1 ".repeat(n / 3)}",9007199254740993]`],
    [urlencoded, (n) => `a=${"%".repeat(n)}`],
    [urlencoded, (n) => `${"=".repeat(n)}`],
    [`${urlencoded};${" ".repeat(2_000)}`, (n) => " ".repeat(n)],
    ["multipart/form-data; boundary=b", (n) => `--b\r\n${"\r\n--".repeat(n / 4)}`]
  ]
  const time = (type: string, body: Uint8Array, times: number) => {
    const before = process.threadCpuUsage()
    for (let repeat = 0; repeat < times; repeat++) decode({ "content-type": type }, body)
    const { user, system } = process.threadCpuUsage(before)
    return user + system
  }
  for (const [type, body] of kinds) {
    const [small, large] = [bytes(body(62_500)), bytes(body(1_000_000))]
    const isLinear = () => {
      // In turns, and the first one for the compiler. Both decode as many bytes, so the collector has as much to do.
      const rounds = Array.from(
        { length: 6 },
        () => [time(type, small, 32), time(type, large, 2)] as const
      ).slice(1)
      const [pieces, whole] = [
        Math.min(...rounds.map(([pieces]) => pieces)),
        Math.min(...rounds.map(([, whole]) => whole))
      ]
      // As long is linear; sixteen times as long would be quadratic. Processor time is counted in ticks of 4 ms.
      return whole < pieces * 5 + 20_000
    }
    // Once more before it is called too slow: a machine that is busy all the time slows one of the two.
    expect([type, body(4), isLinear() || isLinear()]).toEqual([type, body(4), true])
  }
})
