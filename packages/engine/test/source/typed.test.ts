/** Every function that JSONata documents works where expressions are evaluated: in a context without Node's globals. */
import { describe, expect, layer } from "@effect/vitest"
import { Effect } from "effect"
import { Expressions, Mapping } from "../../src/index.ts"

const body = { list: [3, 1, 2], who: "Alice", pairs: [{ a: 1 }, { b: 2 }], blank: {} }

const evaluate = Effect.fnUntraced(function* (expr: string, input: unknown = body) {
  const mapping = yield* Mapping.make({
    live: { expr: `$string(${expr})` },
    member: { expr: "'alice@example.com'" }
  })
  const bytes = new TextEncoder().encode(JSON.stringify(input))
  const mapped = yield* mapping.map({ source: "form", headers: {}, body: bytes })
  return mapped.status === "mapped" ? mapped.invitations[0]?.liveId : mapped.reason
})

const functions: ReadonlyArray<readonly [expr: string, value: string]> = [
  ["$string(5)", "5"],
  ["$length(who)", "5"],
  ["$substring(who, 1, 2)", "li"],
  ["$substringBefore(who, 'i')", "Al"],
  ["$substringAfter(who, 'i')", "ce"],
  ["$uppercase(who)", "ALICE"],
  ["$lowercase(who)", "alice"],
  ["$trim('  a ')", "a"],
  ["$pad(who, 7, '#')", "Alice##"],
  ["$contains(who, /lic/)", "true"],
  ["$join($split('a-b', '-'), '+')", "a+b"],
  ["$match(who, /l(i)/).groups", '["i"]'],
  ["$replace(who, /i/, 'y')", "Alyce"],
  ["$eval('1 + 2')", "3"],
  ["$base64encode('myuser:mypass')", "bXl1c2VyOm15cGFzcw=="],
  ["$base64decode('bXl1c2VyOm15cGFzcw==')", "myuser:mypass"],
  ["$encodeUrlComponent('?x=ü')", "%3Fx%3D%C3%BC"],
  ["$encodeUrl('https://e.org/?x=ü')", "https://e.org/?x=%C3%BC"],
  ["$decodeUrlComponent('%3Fx%3D%C3%BC')", "?x=ü"],
  ["$decodeUrl('https://e.org/?x=%C3%BC')", "https://e.org/?x=ü"],
  ["$number('12')", "12"],
  ["$abs(-5)", "5"],
  ["$floor(5.6)", "5"],
  ["$ceil(5.2)", "6"],
  ["$round(2.5)", "2"],
  ["$power(2, 8)", "256"],
  ["$sqrt(16)", "4"],
  ["$random() < 1", "true"],
  ["$formatNumber(12345.6,'#,###.00')", "12,345.60"],
  ["$formatBase(100, 16)", "64"],
  ["$formatInteger(7, 'I')", "VII"],
  ["$parseInteger('12,345', '#,##0')", "12345"],
  ["$sum(list)", "6"],
  ["$max(list)", "3"],
  ["$min(list)", "1"],
  ["$average(list)", "2"],
  ["$boolean(who)", "true"],
  ["$not(who)", "false"],
  ["$exists(who)", "true"],
  ["$count(list)", "3"],
  ["$append(1, 2)", "[1,2]"],
  ["$sort(list)", "[1,2,3]"],
  ["$reverse(list)", "[2,1,3]"],
  ["$count($shuffle(list))", "3"],
  ["$distinct([1, 1, 2])", "[1,2]"],
  ["$zip([1, 2], [3, 4])", "[[1,3],[2,4]]"],
  ["$keys(pairs)", '["a","b"]'],
  ["$lookup(pairs, 'b')", "2"],
  ["$spread({'a': 1, 'b': 2})", '[{"a":1},{"b":2}]'],
  ["$merge(pairs)", '{"a":1,"b":2}'],
  ["$sift({'a': 1, 'b': 2}, function($v) { $v > 1 })", '{"b":2}'],
  ["$each({'a': 1}, function($v, $k) { $k & $v })", "a1"],
  ["$type(who)", "string"],
  ["$map(list, $string)", '["3","1","2"]'],
  ["$filter(list, function($v) { $v > 1 })", "[3,2]"],
  ["$single(list, function($v) { $v = 1 })", "1"],
  ["$reduce(list, function($a, $b) { $a + $b })", "6"],
  ["$assert(true, 'no')", "live: $string($assert(true, 'no')) returns nothing"],
  ["$error('no')", "live: $string($error('no')) fails: D3137 an error raised by the expression"],
  ["$length($now()) > 20", "true"],
  ["$millis() > 1700000000000", "true"],
  ["$fromMillis(0)", "1970-01-01T00:00:00.000Z"],
  ["$fromMillis(0,'[D1o][MNn][Y]')", "1stJanuary1970"],
  ["$toMillis('1970-01-01T00:00:01.000Z')", "1000"],
  ["$clone(pairs)[0].a", "1"],
  ["$parse('[1]')", "[1]"]
]

layer(Expressions.layer)("the function", (it) => {
  it.effect.each(functions)("%s", ([expr, value]) =>
    Effect.gen(function* () {
      expect(yield* evaluate(expr)).toBe(value)
    })
  )

  describe("base64", () => {
    it.effect.each([
      ["Jürgen 😀", "SsO8cmdlbiDwn5iA"],
      ["", ""],
      ["ab", "YWI="]
    ] as const)("is that of the UTF-8 of %j", ([text, encoded]) =>
      Effect.gen(function* () {
        const { a, b } = JSON.parse(
          (yield* evaluate(
            "{'a':$encodeUrlComponent($base64encode(text)),'b':$encodeUrlComponent($base64decode(encoded))}",
            { text, encoded }
          )) ?? ""
        )
        expect([decodeURIComponent(a), decodeURIComponent(b)]).toEqual([encoded, text])
      })
    )

    it.effect("reads a Pub/Sub push, in either alphabet, with and without padding", () =>
      Effect.gen(function* () {
        const data = Buffer.from(JSON.stringify({ email: "jürgen+ß~?@example.com" }))
        for (const text of [
          data.toString("base64"),
          data.toString("base64url"),
          data.toString("base64").replace(/=+$/, "")
        ]) {
          expect(
            yield* evaluate("$replace($parse($base64decode(message.data)).email,'@','+')", {
              message: { data: text }
            })
          ).toBe("jürgen+ß~?+example.com")
        }
      })
    )

    it.effect("takes its argument from the context", () =>
      Effect.gen(function* () {
        expect(yield* evaluate("data.$base64decode()", { data: "YWI=" })).toBe("ab")
        expect(yield* evaluate("$map(data,$base64decode)", { data: ["YQ==", "Yg"] })).toBe('["a","b"]')
        expect(yield* evaluate("(data~>$base64encode)", { data: "ab" })).toBe("YWI=")
      })
    )

    it.effect.each([
      ["a", "NotBase64"],
      ["YW=I", "NotBase64"],
      ["YWI==", "NotBase64"],
      ["YW*I", "NotBase64"],
      ["/w==", "NotText"],
      ["7aCA", "NotText"],
      ["wIA=", "NotText"]
    ] as const)("of %j is refused, with a reason that quotes nothing", ([data, code]) =>
      Effect.gen(function* () {
        const reason = yield* evaluate("$base64decode(data)", { data })
        expect(reason).toContain(`fails: ${code} the text given to $base64decode is not`)
        expect(reason).not.toContain(data.repeat(2))
      })
    )
  })

  it.effect("reaches nothing of the process", () =>
    Effect.gen(function* () {
      for (const name of ["constructor", "__proto__", "prototype", "caller"]) {
        expect(yield* evaluate(`$base64decode.${name}`)).toMatch(/returns nothing$/)
        expect(yield* evaluate(`$number.${name}`)).toMatch(/returns nothing$/)
      }
    })
  )
})
