import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestConsole } from "effect/testing"
import { relay, tokens } from "../../admin/harness.ts"
import { isolated, until } from "../../harness.ts"
import { files, onTerminal, usher } from "../../usher.ts"
import { bothWays, type Run, signUp } from "../harness.ts"

/** One command over a file with this in it. */
const importing = Effect.fnUntraced(function* (
  run: Run,
  csv: string | Uint8Array,
  ...args: ReadonlyArray<string>
) {
  const path = yield* files({ "people.csv": csv })
  const ran = yield* run("import", path("people.csv"), "--live", "live-9", ...args)
  return { ...ran, stderr: ran.stderr.replaceAll(path("people.csv"), "people.csv") }
})

const people = (count: number) => Array.from({ length: count }, (_, index) => `person-${index}@example.com`)

describe("usher import", () => {
  bothWays("plans, wants a yes, and takes everybody once, however often it is run", (run, { viewer }) =>
    Effect.gen(function* () {
      const csv = [
        "name,email",
        ...people(1_100).map((email) => `x,${email}`),
        "again,PERSON-0@example.com"
      ].join("\n")
      const plan = yield* importing(run, csv, "--plan")
      expect(plan).toMatchObject({ code: 0 })
      expect(plan.stdout.replace(/^.*people\.csv/, "people.csv").split("\n")).toEqual([
        "people.csv: UTF-8, separated by commas, heading in line 1.",
        "People from column 2, email, recognized by its heading. The first rows:",
        "  line 2: person-0@example.com (x)",
        "  line 3: person-1@example.com (x)",
        "  line 4: person-2@example.com (x)",
        "The relay does not know the Live live-9: check its id.",
        "1,100 people to the Live live-9, with the Spot main (1 duplicate row skipped): 1,100 by address, 0 by member id; 11 calls to MeltingSpot; minimum duration: less than a second."
      ])
      expect(yield* importing(run, csv)).toMatchObject({ code: 2, stdout: "" })
      expect((yield* importing(run, "email\n", "--plan", "--json")).stdout).toContain('"live":null')
      expect((yield* importing(run, csv, "--yes")).stdout).toBe(
        "Imported 1,100 people. New webhooks have a higher priority."
      )
      const again = yield* importing(run, csv, "--yes", "--json")
      expect(JSON.parse(again.stdout)).toMatchObject({ taken: 0, before: 1_100, problems: [] })
      const { items } = yield* viewer.webhooks.search({ payload: { source: "import" } })
      expect(items.map(({ lane }) => lane)).toEqual(["import", "import", "import"])
    })
  )

  bothWays("names the Live that the relay knows, and says whether it has begun", (run, relay) =>
    Effect.gen(function* () {
      yield* signUp(relay, "alice@example.com")
      const path = yield* files({ "people.csv": "email\nbob@example.com\n" })
      const command = ["import", path("people.csv"), "--live", "live-svix"]
      const said = ({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) =>
        `${stdout}${stderr}`.split("\n").find((line) => line.startsWith("The "))
      expect(said(yield* run(...command, "--plan"))).toBe("The Live live-svix begins at an unknown time.")
      yield* relay.sql`UPDATE lives SET title = ${"Product\u202e demo"}, starts_at = ${Date.now() + 86_400_000}`
      expect(said(yield* run(...command, "--plan"))).toMatch(
        /^The Live "Product\\u\{202E\} demo" \(live-svix\) begins at \d{4}-\S+\.$/
      )
      yield* relay.sql`UPDATE lives SET title = 'Product demo', starts_at = 0`
      const done = yield* run(...command, "--yes")
      expect(said(done)).toMatch(/^The Live "Product demo" \(live-svix\) has begun, at 1970-01-01T\S+\.$/)
      expect(done.stdout).toContain("Imported 1 person.")
    })
  )

  it.live("goes on where it broke off, and everybody is invited once in the lane of imports", () =>
    Effect.gen(function* () {
      const { ledger, url, viewer } = yield* relay()
      const run: Run = (...args) => usher(args, { USHER_URL: url, USHER_TOKEN: tokens.OPERATE_TOKEN })
      const all = people(700)
      expect((yield* importing(run, ["email", ...all.slice(0, 500)].join("\n"), "--yes")).code).toBe(0)
      const rest = yield* importing(run, ["email", ...all].join("\n"), "--yes", "--notify", "--json")
      // With a mail it is another wish, but the same people.
      expect(JSON.parse(rest.stdout)).toMatchObject({ taken: 700, before: 0 })
      const whole = yield* importing(run, ["email", ...all].join("\n"), "--yes", "--json")
      expect(JSON.parse(whole.stdout)).toMatchObject({ taken: 200, before: 500 })
      const { participants } = yield* until(ledger.state, (state) => state.participants.length >= 700)
      expect(new Set(participants.map(({ member }) => member)).size).toBe(700)
      const found = yield* viewer.invitations.search({ payload: { person: "person-699@example.com" } })
      expect(found.items).toMatchObject([{ lane: "import", source: "import", liveId: "live-9" }])
      const story = yield* run("why", "person-699@example.com")
      expect(story.stdout).toContain("People imported")
    }).pipe(Effect.provide(TestConsole.layer), isolated)
  )

  bothWays("tells bad rows by their lines, and takes the others", (run) =>
    Effect.gen(function* () {
      const csv = [
        'Name;E-Mail;"Notes\nof us"',
        'A;alice@example.com;"two\nlines"',
        "B;no address;",
        "C;a@b;",
        "",
        "D;;",
        "E",
        "F;0f8fad5b-d9cb-469f-a165-70867728950e;"
      ].join("\r\n")
      const { code, stdout, stderr } = yield* importing(run, csv, "--yes")
      expect({ code, stdout }).toEqual({
        code: 1,
        stdout: "Imported 2 people. New webhooks have a higher priority."
      })
      expect(stderr).toContain(
        [
          "people.csv: 4 rows can't be imported:",
          "  line 5: it is a placeholder",
          "  line 6: it is not an email address",
          "  line 8: empty cell",
          "  line 9: too few cells"
        ].join("\n")
      )
    })
  )

  bothWays("reads people as mappings do, and takes no name for an id", (run, { viewer }) =>
    Effect.gen(function* () {
      const csv = [
        "email",
        "Alice",
        "mailto:m@example.com",
        "a30@example.com\u200B",
        '"""Doe, Eva"" <eva@example.com>"',
        '"x@example.com; y@example.com"',
        "a21@example.com|X",
        "N/A",
        "=cmd|x@"
      ].join("\n")
      const { code, stdout, stderr } = yield* importing(run, csv, "--yes", "--delimiter", "\t")
      expect({ code, stdout }).toEqual({
        code: 1,
        stdout: "Imported 5 people. New webhooks have a higher priority."
      })
      expect(stderr).toContain(
        [
          "people.csv: 4 rows can't be imported:",
          "  line 2: it is neither an email address nor a Spot member id",
          "  line 7: it is not an email address",
          "  line 8: it is a placeholder",
          "  line 9: it is not an email address"
        ].join("\n")
      )
      const { items } = yield* until(
        viewer.invitations.search({ payload: { live: "live-9" } }),
        ({ items }) => items.length === 5
      )
      expect(items.map(({ member }) => member).toSorted()).toEqual([
        "a30@example.com",
        "eva@example.com",
        "m@example.com",
        "x@example.com",
        "y@example.com"
      ])
    })
  )

  bothWays("plans what it would do, for a program too", (run) =>
    Effect.gen(function* () {
      const csv = [
        "sep=;",
        "Name;E-Mail",
        "Eva;eva@example.com",
        "Eva;EVA@example.com",
        "Max;mailto:max@example.com",
        "Ida;0f8fad5b-d9cb-469f-a165-70867728950e",
        "Bo\u001B[2J;bo@"
      ].join("\r\n")
      const { code, stdout } = yield* importing(run, csv, "--plan", "--json")
      expect(code).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({
        plan: {
          file: {
            encoding: "UTF-8",
            delimiter: ";",
            heading: 2,
            column: { number: 2, name: "E-Mail", why: "heading" },
            first: [{ line: 3, cells: ["Eva", "eva@example.com"] }, { line: 4 }, { line: 5 }]
          },
          rows: 5,
          people: 3,
          byAddress: 2,
          byMemberId: 1,
          repeated: 1,
          bad: 1,
          altered: 1
        },
        problems: [{ line: 7, problem: "it is not an email address" }],
        cleaned: [{ line: 5, cleaned: "mailto: removed" }]
      })
      const sent = yield* importing(run, csv, "--yes")
      expect(sent.stdout).toBe("Imported 3 people. New webhooks have a higher priority.")
      expect(sent.stderr).toContain(
        "with the Spot main (1 duplicate row skipped): 2 by address, 1 by member id;"
      )
    })
  )

  bothWays("asks no one without a terminal which of two columns is meant", (run, { viewer }) =>
    Effect.gen(function* () {
      const csv = "email,name,email\na@example.com,A,b@example.com\n"
      const { code, stderr, stdout } = yield* importing(run, csv, "--yes")
      expect({ code, stdout, stderr }).toEqual({
        code: 2,
        stdout: "",
        stderr:
          "people.csv: 2 columns may hold the addresses or member ids; choose one with --column: 1 (email), 3 (email)"
      })
      expect((yield* viewer.webhooks.search({ payload: {} })).items).toEqual([])
      expect((yield* importing(run, csv, "--yes", "--column", "3")).stdout).toContain("Imported 1 person")
    })
  )

  it.live("asks on a terminal which of two columns is meant", () =>
    Effect.gen(function* () {
      const { env, file } = yield* relay()
      const path = yield* files({
        "people.csv": "email,name,email\na@example.com,A,b\u001B@example.com\n,,c@example.com\n"
      })
      const args = ["import", path("people.csv"), "--live", "live-9", "--plan", "--config", file]
      const down = "\u001B[B"
      const { code, output } = yield* onTerminal(args, "names the people to invite?", `${down}\r`, env)
      expect(output).toContain(String.raw`3 email: b\u{001B}@example.com, c@example.com`)
      expect(output).toContain("People from column 3, email, chosen by --column.")
      expect(output).toContain("line 2: it is not an email address")
      expect(code).toBe(1)
    }).pipe(isolated)
  )

  bothWays("finds the column, or says what there is", (run) =>
    Effect.gen(function* () {
      const said = (csv: string | Uint8Array, ...args: ReadonlyArray<string>) =>
        Effect.map(importing(run, csv, "--plan", ...args), ({ stdout, stderr }) => stdout + stderr)
      expect(yield* said("alice@example.com\nbob@example.com\n")).toContain(
        "no heading line.\nPeople from column 1, the column with addresses."
      )
      expect(yield* said("alice@example.com\nbob@example.com\n", "--no-header")).toContain("2 people")
      expect(yield* said("a,b\n1,2\n")).toContain(
        "no column has a known heading or addresses; choose one with --column: a, b"
      )
      expect(yield* said("who,b\nalice@example.com,2\n", "--column", "WHO")).toContain("1 person to")
      expect(yield* said("mails,b\n1,2\n", "--column", "mail")).toContain("did you mean mails?")
      expect(yield* said('email\n"alice@example.com\n')).toContain("line 2: Unterminated quoted field")
      expect(yield* said("email\nalice@example.com\n", "--spot", "other")).toBe(
        "There is no Spot other. Give --spot main"
      )
      expect(yield* said(Buffer.from("email\nal\xe9@example.com\n", "latin1"))).toContain(
        "line 2: not valid UTF-8. Save the file as CSV UTF-8"
      )
      expect(yield* said("email\n")).toContain("people.csv: no rows.")
      expect(yield* said("email\n")).toContain("0 calls to MeltingSpot.")
      expect((yield* importing(run, "Name\nAlice\n", "--column", "name", "--yes")).stderr).toContain(
        "people.csv has no valid address or member id in column 1 (Name)."
      )
      expect((yield* run("import", "/dev/null", "--live", "l", "--plan")).stderr).toContain(
        "not a regular file"
      )
      expect((yield* run("import", ".", "--live", "l", "--plan")).stderr).toBe(
        ".: this is a folder. Name a file in it"
      )
      expect((yield* run("import", "/nowhere.csv", "--live", "l", "--plan")).stderr).toBe(
        "/nowhere.csv: no such file"
      )
    })
  )
})
